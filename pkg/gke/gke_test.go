package gke_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// dumpOf reads files that are as gcloud prints them.
func dumpOf(t testing.TB, names ...string) gke.Dump {
	t.Helper()
	var text []byte
	for _, name := range names {
		part, err := os.ReadFile("testdata/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, part...)
	}
	dump, err := gke.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return dump
}

// factsText is what is messages, without the certificate.
func factsText(t *testing.T, cluster gke.Cluster, rules []gke.Rule) string {
	t.Helper()
	facts := gke.FactsOf(cluster, rules)
	if !strings.HasPrefix(string(facts.Spec.API.CertificateAuthorityData), "-----BEGIN CERTIFICATE-----") {
		t.Errorf("the certificate authority is %q", facts.Spec.API.CertificateAuthorityData)
	}
	facts.Spec.API.CertificateAuthorityData = nil
	text, err := yaml.Marshal(facts.Spec)
	if err != nil {
		t.Fatal(err)
	}
	for _, note := range facts.Notes {
		text = append(text, "# "+note.What+": "+note.Why+"\n"...)
	}
	return "\n" + string(text)
}

// The fields of before and after controlPlaneEndpointsConfig, in one file after the other.
func TestFacts(t *testing.T) {
	dump := dumpOf(t, "list", "describe", "rules")
	for i, want := range []string{`
api: {}
gke:
  authorizedNetworksEnabled: false
  cluster: cluster-name-1
  endpoints:
    private: 10.0.0.2
    public: 203.0.113.61
  location: us-central1
  networkProject: fleet-project-id
  nodeTags:
  - gke-cluster-name-1-0a1b2c3d-node
  project: project-id-1
  subnet: us-central1
  vpc: gke-cluster-vpc
istio: {}
kubernetesVersion: v1.24.9-gke.3200
platform: gke
podCIDRs:
- 10.8.0.0/14
- 10.64.0.0/20
reader: {}
`, `
api: {}
gke:
  authorizedNetworks:
  - 192.0.2.0/24
  authorizedNetworksEnabled: true
  cluster: cluster-name-3
  endpoints:
    private: 172.16.0.2
  globalAccess: true
  location: us-central1
  masterCIDR: 172.16.0.0/28
  networkProject: fleet-project-id
  nodeTags:
  - gke-cluster-name-3-8c9d0e1f-node
  private: true
  project: project-id-1
  subnet: us-central1
  vpc: gke-cluster-vpc
istio: {}
kubernetesVersion: v1.24.9-gke.3200
platform: gke
podCIDRs:
- 10.16.0.0/14
reader: {}
# podCIDRs: the addresses of pod range pods-3b are not in the gcloud output: also import the subnets: gcloud compute networks subnets list --project=fleet-project-id --format=json
`, `
api: {}
gke:
  authorizedNetworks:
  - 192.0.2.0/24
  - 198.51.100.0/24
  authorizedNetworksEnabled: true
  authorizedNetworksOnPrivateEndpoint: true
  autopilot: true
  cluster: cluster-name-4
  endpoints:
    dns: gke-2a3b4c5d6e7f-123456789012.us-west1.gke.goog
    private: 172.16.0.18
    public: 203.0.113.64
  globalAccess: true
  googleCloudAccess: false
  location: us-west1
  membership:
    location: us-west1
    name: cluster-name-4
    project: fleet-project-id
    projectNumber: "123456789012"
  networkProject: fleet-project-id
  nodeTags:
  - gk3-cluster-name-4-2a3b4c5d-node
  private: true
  project: project-id-2
  subnet: us-west1
  tokensViaDNS: true
  vpc: gke-cluster-vpc
  workloadPool: project-id-2.svc.id.goog
istio: {}
kubernetesVersion: v1.33.4-gke.1134000
platform: gke
podCIDRs:
- 10.20.0.0/14
- fd20:1:2:3::/64
reader: {}
`} {
		t.Run(dump.Clusters[i].Name, func(t *testing.T) {
			if diff := cmp.Diff(want, factsText(t, dump.Clusters[i], dump.Rules)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// parseOne reads one cluster, of which only the given fields are said.
func parseOne(t *testing.T, fields string) gke.Cluster {
	t.Helper()
	dump, err := gke.Parse([]byte(`{"masterAuth": {}, ` + fields + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return dump.Clusters[0]
}

// An address may stand in a dump although it is switched off.
func TestEndpoints(t *testing.T) {
	for name, test := range map[string]struct{ fields, public, private, dns string }{
		"the oldest":   {`"endpoint": "203.0.113.1"`, "203.0.113.1", "", ""},
		"private, old": {`"endpoint": "10.0.0.2", "privateClusterConfig": {"enablePrivateEndpoint": true, "publicEndpoint": "203.0.113.1"}`, "", "10.0.0.2", ""},
		"public switched off": {`"endpoint": "10.0.0.2", "controlPlaneEndpointsConfig": {"ipEndpointsConfig": {"enabled": true, "enablePublicEndpoint": false,
			"publicEndpoint": "203.0.113.1", "privateEndpoint": "10.0.0.2"}}`, "", "10.0.0.2", ""},
		"a name alone": {`"endpoint": "gke-1.us-east1.gke.goog", "controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"allowExternalTraffic": true, "endpoint": "gke-1.us-east1.gke.goog"},
			"ipEndpointsConfig": {"enabled": false, "publicEndpoint": "203.0.113.1"}}`, "", "", "gke-1.us-east1.gke.goog"},
		"a name that is closed": {`"controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"endpoint": "gke-1.us-east1.gke.goog"}}`, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := gke.FactsOf(parseOne(t, test.fields), nil).Spec.GKE.Endpoints
			if got.Public != test.public || got.Private != test.private || got.DNS != test.dns {
				t.Errorf("%+v, want %+v", got, test)
			}
		})
	}
}

func TestNodeTags(t *testing.T) {
	east := `"name": "east", "network": "mesh", "clusterIpv4Cidr": "10.8.0.0/14", "nodePools": [{"config": {"tags": ["b", "a"]}}, {"config": {"tags": ["a", "c"]}}]`
	rule := func(name, network, source, tag string) string {
		return `{"direction": "INGRESS", "name": "` + name + `", "network": "` + network + `", "sourceRanges": ["` + source + `"], "targetTags": ["` + tag + `"]}`
	}
	const own, shared = "gke-east-0a1b2c3d-all", "they are common to its node pools, and other machines may have them too: verify them, or specify the network's rules"
	for name, test := range map[string]struct{ cluster, rules, tags, reason string }{
		"the automatic rule":        {east, rule(own, "projects/p/global/networks/mesh", "10.8.0.0/14", "t"), "t", ""},
		"of Autopilot":              {east, rule("gk3-east-0a1b2c3d-all", "mesh", "10.8.0.0/14", "t"), "t", ""},
		"of another network":        {east, rule(own, "projects/p/global/networks/other", "10.8.0.0/14", "t"), "a", shared},
		"of a namesake":             {east, rule(own, "mesh", "10.12.0.0/14", "t"), "a", shared},
		"a name that was cut":       {east, rule("gke-eas-0a1b2c3d-all", "mesh", "10.8.0.0/14", "t"), "t", ""},
		"a rule of somebody":        {east, rule("gke-east-custom-all", "mesh", "10.8.0.0/14", "t"), "a", shared},
		"two overlap, one is named": {east, rule(own, "mesh", "10.8.0.0/14", "t") + rule("gke-east-b-0a1b2c3d-all", "mesh", "10.8.0.0/16", "u"), "t", ""},
		"two of one name":           {east, rule(own, "mesh", "10.8.0.0/14", "t") + rule("gke-east-11111111-all", "mesh", "10.8.0.0/16", "u"), "", "more than one rule gke-*-all matches its pods"},
		"no rules":                  {`"name": "east"`, "", "", "the cluster does not report them, and no firewall rules are specified"},
		"no rule of it":             {`"name": "east"`, rule(own, "mesh", "10.8.0.0/14", "t"), "", "no rule gke-*-all of its network matches its pods"},
	} {
		t.Run(name, func(t *testing.T) {
			dump, err := gke.Parse([]byte("[]" + test.rules))
			if err != nil {
				t.Fatal(err)
			}
			tags, reason := parseOne(t, test.cluster).NodeTags(dump.Rules)
			if strings.Join(tags, " ") != test.tags || reason != test.reason {
				t.Errorf("%q, %q, want %q, %q", tags, reason, test.tags, test.reason)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "is empty",
		"name: east\n":          "is not JSON",
		`[{"masterAuth": {}}`:   "is not JSON",
		`"cluster"`:             "it is not an object",
		`[{"masterAuth":{}},7]`: "entry 2 is not an object",
		`{"error": {"code": 403, "message": "token"}}`:                                      "it is not a cluster, firewall rule, subnet or service mesh feature",
		`{"items": [{"machineType": "e2"}]}`:                                                "entry 1 is not a cluster, firewall rule, subnet or service mesh feature",
		`[{"masterAuth": {}, "autopilot": {"enabled": "yes"}}]`:                             "entry 1 has a value of the wrong type in field autopilot.enabled",
		`[{"masterAuth": {}, "name": "a", "name": "b"}]`:                                    "entry 1 sets field name twice",
		`{"masterAuth": {}, "masterAuth": {}}`:                                              "it sets field masterAuth twice",
		`{"masterAuth": {"clusterCaCertificate": "", "clusterCaCertificat\u0065": ""}}`:     "it sets field masterAuth.clusterCaCertificate twice",
		`{"direction": "INGRESS", "allowed": [{"IPProtocol": "tcp", "IPProtocol": "all"}]}`: "it sets field allowed[0].IPProtocol twice",
		"{\"masterAuth\": {}, \"name\": \"\xff\"}":                                          "it is not JSON",
	} {
		if _, err := gke.Parse([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s: error %v, want %s", text, err, want)
		}
	}
	if _, err := gke.Parse([]byte("NAME  LOCATION")); !errors.Is(err, gke.ErrNotJSON) {
		t.Errorf("a table: error %v", err)
	}
}

// What an API answers instead of gcloud, and what a site has put into one file.
func TestParseTogether(t *testing.T) {
	dump, err := gke.Parse([]byte("\ufeff" + `{"clusters": [{"masterAuth": {}, "name": "a"}]} {"items": [{"denied": [], "name": "r"}]} [] {"nodePools": [], "name": "b"}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(dump.Clusters) != 2 || dump.Clusters[1].Name != "b" || len(dump.Rules) != 1 || dump.Rules[0].Name != "r" {
		t.Errorf("%+v", dump)
	}
}

// A reader of the dump sees the field of the API; one in another letter case is another field.
func TestParseIsCaseSensitive(t *testing.T) {
	dump, err := gke.Parse([]byte(`{"masterAuth": {"ClusterCaCertificate": "evil"}, "Name": "evil", "name": "east", "NAME": "evil", "Network\u017fConfig": {}}
		{"direction": "INGRESS", "Direction": "EGRESS", "allowed": [{"IPProtocol": "tcp", "ipProtocol": "all"}]}`))
	if err != nil || dump.Clusters[0].Name != "east" || dump.Clusters[0].MasterAuth.ClusterCaCertificate != "" ||
		dump.Rules[0].Direction != "INGRESS" || dump.Rules[0].Allowed[0].IPProtocol != "tcp" {
		t.Errorf("%+v, %v", dump, err)
	}
	if _, err := gke.Parse([]byte(`{"MasterAuth": {}, "name": "a"}`)); err == nil ||
		err.Error() != "it is not a cluster, firewall rule, subnet or service mesh feature" {
		t.Errorf("no field of the API: %v", err)
	}
}

// TestAuthorizedInEitherPlace: a dump may say the one thing in two places, and in one of them nothing.
func TestAuthorizedInEitherPlace(t *testing.T) {
	const older, on = `"masterAuthorizedNetworksConfig": `, `{"enabled": true, "cidrBlocks": [{"cidrBlock": "192.0.2.0/24"}], "privateEndpointEnforcementEnabled": true}`
	newer := func(text string) string {
		return `, "controlPlaneEndpointsConfig": {"ipEndpointsConfig": {"authorizedNetworksConfig": ` + text + `}}`
	}
	for name, cluster := range map[string]string{
		"the older":                  older + on,
		"the newer":                  `"name": "x"` + newer(on),
		"the newer says nothing":     older + on + newer(`{}`),
		"the newer says little":      older + on + newer(`{"enabled": true}`),
		"both":                       older + on + newer(on),
		"the older says it is off":   older + `{}` + newer(on),
		"the older has what is gone": older + `{"enabled": true}` + newer(on),
	} {
		t.Run(name, func(t *testing.T) {
			got := gke.FactsOf(parseOne(t, cluster), nil).Spec.GKE
			if !*got.AuthorizedNetworksEnabled || !slices.Equal(got.AuthorizedNetworks, []string{"192.0.2.0/24"}) ||
				got.AuthorizedNetworksOnPrivateEndpoint == nil || !*got.AuthorizedNetworksOnPrivateEndpoint {
				t.Errorf("got %v, %v, %v", *got.AuthorizedNetworksEnabled, got.AuthorizedNetworks, got.AuthorizedNetworksOnPrivateEndpoint)
			}
		})
	}
}
