package v1alpha1_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// gke is a valid description, changed.
func gke(change func(*v1alpha1.GKE)) edit {
	return east(func(c *v1alpha1.Cluster) {
		c.GKE = &v1alpha1.GKE{Project: "acme-prod", Location: "us-east1"}
		change(c.GKE)
	})
}

func TestValidateGKE(t *testing.T) {
	checkAll(t, map[string]wrong{
		"everything said": {edit: gke(func(g *v1alpha1.GKE) {
			*g = v1alpha1.GKE{
				Project: "example.com:acme-prod", Location: "europe-west12-b", Cluster: strings.Repeat("c", 40), NetworkProject: "acme-network",
				VPC: strings.Repeat("v", 63), Subnet: "mesh-1", NodeTags: []string{"gke-east-1a2b3c4d-node", "az09-0z"}, Private: true,
				Endpoint: v1alpha1.EndpointPrivate, MasterCIDR: "172.16.0.0/28", AuthorizedNetworks: []string{"203.0.113.0/24", "198.51.100.7/32"},
			}
		})},
		"nothing said": {gke(func(g *v1alpha1.GKE) { *g = v1alpha1.GKE{} }), []string{
			"spec.clusters[0].gke.project: Required value: set it\nhint: write a project ID such as acme-prod",
			"spec.clusters[0].gke.location: Required value: set it\nhint: write a region or a zone such as us-east1",
		}},
		"everything wrong": {gke(func(g *v1alpha1.GKE) {
			*g = v1alpha1.GKE{
				Project: "Acme", Location: "us-east", Cluster: "East", NetworkProject: "123456789012", VPC: "projects/acme/global/networks/mesh",
				Subnet: "mesh_1", NodeTags: []string{"mesh", "", "1st"}, Endpoint: "internal", MasterCIDR: "172.16.0.1/28",
				AuthorizedNetworks: []string{"203.0.113.0/24", "203.0.113.9", "203.0.113.9/24"},
			}
		}), []string{
			`spec.clusters[0].gke.project: Invalid value: "Acme": must be a project ID` + "\nhint: use a form such as acme-prod",
			`spec.clusters[0].gke.networkProject: Invalid value: "123456789012": must be a project ID` + "\nhint: use a form such as acme-network",
			`spec.clusters[0].gke.location: Invalid value: "us-east": must be a region or a zone` + "\nhint: use a form such as us-east1",
			`spec.clusters[0].gke.cluster: Invalid value: "East": must be a name of a GKE cluster` + "\nhint: use a form such as east",
			`spec.clusters[0].gke.vpc: Invalid value: "projects/acme/global/networks/mesh": must be the name of a network` + "\nhint: use a form such as default",
			`spec.clusters[0].gke.subnet: Invalid value: "mesh_1": must be the name of a subnet` + "\nhint: use a form such as default",
			"spec.clusters[0].gke.nodeTags[1]: Required value: set it\nhint: write a network tag such as gke-east-1a2b3c4d-node",
			`spec.clusters[0].gke.nodeTags[2]: Invalid value: "1st": must be a network tag` + "\nhint: use a form such as gke-east-1a2b3c4d-node",
			`spec.clusters[0].gke.endpoint: Unsupported value: "internal": supported values: "public", "private", "dns"` + "\nhint: use one of public, private, dns",
			`spec.clusters[0].gke.masterCIDR: Invalid value: "172.16.0.1/28": must not have bits set after its mask` + "\nhint: write 172.16.0.0/28",
			`spec.clusters[0].gke.authorizedNetworks[1]: Invalid value: "203.0.113.9": must be a range of addresses` + "\nhint: use a form such as 10.8.0.0/14",
			`spec.clusters[0].gke.authorizedNetworks[2]: Invalid value: "203.0.113.9/24": must not have bits set after its mask` + "\nhint: write 203.0.113.0/24",
		}},
	})
}

// TestValidateGKEName: names of clusters here may be longer than GKE's, and begin with a digit.
func TestValidateGKEName(t *testing.T) {
	const want = "spec.clusters[0].gke.cluster: Required value: set it\nhint: set its name in GKE: no cluster there has the name "
	long := strings.Repeat("c", 41)
	named := func(name, inGKE string) edit {
		return all(gke(func(g *v1alpha1.GKE) { g.Cluster = inGKE }), east(func(c *v1alpha1.Cluster) { c.Name = name }))
	}
	checkAll(t, map[string]wrong{
		"inherited":   {edit: named(long[1:], "")},
		"too long":    {named(long, ""), []string{want + long}},
		"digit first": {named("1a", ""), []string{want + "1a"}},
		"said":        {edit: named("1a", "a")},
		"of the second cluster": {west(func(c *v1alpha1.Cluster) {
			c.Name, c.GKE = "2w", &v1alpha1.GKE{Project: "acme-prod", Location: "us-east1"}
		}), []string{"spec.clusters[1].gke.cluster: Required value: set it\nhint: set its name in GKE: no cluster there has the name 2w"}},
		"no name at all": {named("", ""), []string{
			"spec.clusters[0].name: Required value: set it\nhint: use a name such as east",
		}},
	})
}

func TestValidateGKEProject(t *testing.T) {
	const want = ": must be a project ID\nhint: use a form such as acme-prod"
	const at = "spec.clusters[0].gke.project: Invalid value: "
	set := func(c *v1alpha1.Cluster, project string) {
		c.GKE = &v1alpha1.GKE{Project: project, Location: "us-east1"}
	}
	long := strings.Repeat("a", 30)
	checkValues(t, set, map[string]string{
		"acme-1":             "",
		long:                 "",
		"example.com:acme-1": "",
		long + "a":           at + `"` + long + `a"` + want,
		"acme":               "",
		"acme-prod-":         at + `"acme-prod-"` + want,
		"1acme-prod":         at + `"1acme-prod"` + want,
		"Acme-prod":          at + `"Acme-prod"` + want,
		"acme-prod\n":        at + `"acme-prod\n"` + want,
		"acme-prod;id":       at + `"acme-prod;id"` + want,
		":acme-prod":         at + `":acme-prod"` + want,
	})
}

func TestValidateGKELocation(t *testing.T) {
	const want = ": must be a region or a zone\nhint: use a form such as us-east1"
	const at = "spec.clusters[0].gke.location: Invalid value: "
	set := func(c *v1alpha1.Cluster, location string) {
		c.GKE = &v1alpha1.GKE{Project: "acme-prod", Location: location}
	}
	checkValues(t, set, map[string]string{
		"us-east1":                "",
		"us-east1-b":              "",
		"northamerica-northeast2": "",
		"us-east1-":               at + `"us-east1-"` + want,
		"us-east1-bb":             at + `"us-east1-bb"` + want,
		"US-EAST1":                at + `"US-EAST1"` + want,
		"east":                    at + `"east"` + want,
		"us-east1 --quiet":        at + `"us-east1 --quiet"` + want,
	})
}

func TestValidateGKEControlPlane(t *testing.T) {
	off := false
	at := "spec.clusters[0].gke."
	checkAll(t, map[string]wrong{
		"everything said": {edit: gke(func(g *v1alpha1.GKE) {
			g.Endpoints = v1alpha1.Endpoints{Public: "203.0.113.10", Private: "fd20::2", DNS: "gke-0a1b-123.us-east1.gke.goog"}
			g.AuthorizedNetworksEnabled, g.WorkloadPool = &off, "acme-prod.svc.id.goog"
			g.Membership = &v1alpha1.Membership{Project: "acme-fleet", ProjectNumber: "123456789012", Name: "1-east", Location: "global"}
		})},
		"everything wrong": {gke(func(g *v1alpha1.GKE) {
			g.Endpoints = v1alpha1.Endpoints{Public: "https://203.0.113.10", Private: "fe80::1%eth0", DNS: "203.0.113.10"}
			g.AuthorizedNetworksEnabled, g.AuthorizedNetworks = &off, []string{"192.0.2.0/24"}
			g.WorkloadPool = "acme-prod$(id).svc.id.goog"
			g.Membership = &v1alpha1.Membership{Project: "123", ProjectNumber: "0123", Name: "East", Location: "-"}
		}), []string{
			at + "authorizedNetworksEnabled: Forbidden: authorizedNetworks lists some\nhint: remove one of the two: without authorized networks the list is empty",
			at + `endpoints.public: Invalid value: "https://203.0.113.10": must be an IP address` + "\nhint: omit scheme and port, such as 203.0.113.10",
			at + `endpoints.private: Invalid value: "fe80::1%eth0": must be an IP address` + "\nhint: omit scheme and port, such as 203.0.113.10",
			at + `endpoints.dns: Invalid value: "203.0.113.10": must be a DNS name` + "\nhint: omit scheme and port, such as gke-0123456789ab-123456789012.us-east1.gke.goog",
			at + `workloadPool: Invalid value: "acme-prod$(id).svc.id.goog": must be an identity pool of a project` + "\nhint: use a form such as acme-prod.svc.id.goog",
			at + `membership.project: Invalid value: "123": must be a project ID` + "\nhint: use a form such as acme-prod",
			at + `membership.projectNumber: Invalid value: "0123": must be a project number` + "\nhint: use its digits, in quotes: \"123456789012\"",
			at + `membership.name: Invalid value: "East": must be a lower-case DNS-1123 label of at most 63 characters` + "\nhint: write east",
			at + `membership.location: Invalid value: "-": must be a region, or global` + "\nhint: use a form such as us-east1",
		}},
		"a fleet": {func(m *v1alpha1.Mesh) {
			m.Spec.Fleet = v1alpha1.Fleet{Project: "Acme", ProjectNumber: "-1"}
		}, []string{
			`spec.fleet.project: Invalid value: "Acme": must be a project ID` + "\nhint: use a form such as acme-prod",
			`spec.fleet.projectNumber: Invalid value: "-1": must be a project number` + "\nhint: use its digits, in quotes: \"123456789012\"",
		}},
	})
}
