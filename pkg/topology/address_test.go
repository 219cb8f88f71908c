package topology_test

import (
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// TestAddressFor: east reads west.
func TestAddressFor(t *testing.T) {
	const (
		near    = "gke: {project: acme, location: us-east1}"
		managed = "istio: {distribution: csm, managed: true}, " + near
		apart   = "gke: {project: acme, location: us-east1, vpc: other}"
		eks     = "platform: eks"
		all     = "endpoints: {public: 203.0.113.2, private: 10.0.0.2, dns: gke-1.us-west1.gke.goog}"
		hidden  = "private: true, endpoints: {private: 10.0.0.2, dns: gke-1.us-west1.gke.goog}"
		shut    = "private: true, endpoints: {private: \"fd20::2\"}"
	)
	for name, test := range map[string]struct{ east, west, server, reason string }{
		"private, in the cluster":        {near, "private: true, " + all, "https://10.0.0.2", "a private cluster, read from its VPC network"},
		"private, at Google":             {managed, "private: true, " + all, "https://203.0.113.2", "a managed control plane reads it, from outside the VPC network"},
		"private, another network":       {apart, "private: true, " + all, "https://203.0.113.2", "read from outside its VPC network"},
		"private, not on Google":         {eks, "private: true, " + all, "https://203.0.113.2", "read from outside its VPC network"},
		"public, in the cluster":         {near, all, "https://203.0.113.2", "not a private cluster"},
		"public, at Google":              {managed, all, "https://203.0.113.2", "a managed control plane reads it, from outside the VPC network"},
		"no public one, at Google":       {managed, hidden, "https://gke-1.us-west1.gke.goog", "a managed control plane reads it, from outside the VPC network; it has no public endpoint"},
		"no public one, apart":           {apart, hidden, "https://gke-1.us-west1.gke.goog", "read from outside its VPC network; it has no public endpoint"},
		"private alone, apart":           {apart, shut, "https://[fd20::2]", "read from outside its VPC network; it has no public endpoint"},
		"private alone, at Google":       {managed, shut, "", "a managed control plane reads it, from outside the VPC network; it has no public endpoint"},
		"by kind":                        {managed, "endpoint: private, " + all, "https://10.0.0.2", "set in gke.endpoint"},
		"by kind, and it does not exist": {near, "endpoint: public, " + hidden, "", "set in gke.endpoint"},
		"nothing known":                  {near, "private: true", "", ""},
		"api.server wins over all that":  {near, "private: true, " + all + "}, api: {server: \"https://proxy.test\"", "https://proxy.test", "set in api.server"},
	} {
		t.Run(name, func(t *testing.T) {
			got := addressOf(t, test.east, test.west)
			if got.API.Server != test.server || got.Reason != test.reason {
				t.Errorf("%s because %s, want %s because %s", got.API.Server, got.Reason, test.server, test.reason)
			}
			if got.API.Server == "" && got.Endpoint != "" && test.reason != "set in gke.endpoint" {
				t.Errorf("no address is that of endpoint %s", got.Endpoint)
			}
			authority, isDNS := string(got.API.CertificateAuthorityData), got.Endpoint == v1alpha1.EndpointDNS
			if got.Chosen && (authority == "" && got.API.TLSServerName == "") != isDNS {
				t.Errorf("endpoint %s has the certificate authority %q", got.Endpoint, authority)
			}
		})
	}
}

func TestEndpointOfWrittenServer(t *testing.T) {
	for server, want := range map[string]v1alpha1.Endpoint{
		"https://203.0.113.2:443": v1alpha1.EndpointPublic, "https://10.0.0.2": v1alpha1.EndpointPrivate, "https://GKE-1.us-west1.gke.goog": v1alpha1.EndpointDNS,
		"https://192.168.1.1": v1alpha1.EndpointPrivate, "https://198.51.100.9": v1alpha1.EndpointPublic, "https://proxy.test": "",
	} {
		got := addressOf(t, "platform: eks", "endpoints: {public: 203.0.113.2, private: 10.0.0.2, dns: gke-1.us-west1.gke.goog}}, api: {server: \""+server+"\"")
		if got.Endpoint != want || got.Chosen {
			t.Errorf("%s is endpoint %q, want %q", server, got.Endpoint, want)
		}
	}
}

func addressOf(t *testing.T, east, west string) topology.Address {
	t.Helper()
	mesh := &v1alpha1.Mesh{}
	if err := yaml.UnmarshalStrict([]byte("spec: {clusters: [{name: east, "+east+"}, {name: west, gke: {project: acme, location: us-west1, "+west+"}}]}"), mesh); err != nil {
		t.Fatal(err)
	}
	v1alpha1.SetDefaults(mesh)
	mesh.Spec.Clusters[1].API.CertificateAuthorityData, mesh.Spec.Clusters[1].API.TLSServerName = []byte("own"), "kubernetes"
	graph := topology.New(mesh)
	for read := range graph.Targets("east") {
		west, _ := graph.Cluster("west")
		if got := topology.AddressFor(&mesh.Spec.Clusters[0], west); read.API.Server != got.API.Server {
			t.Errorf("Targets has %s, AddressFor %s", read.API.Server, got.API.Server)
		}
	}
	return topology.AddressFor(&mesh.Spec.Clusters[0], &mesh.Spec.Clusters[1])
}
