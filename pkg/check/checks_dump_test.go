package check

import (
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// The mesh of the dumps: west calls east, both are in network net of project acme, and east is private in another region.
const dumpedMesh = `
metadata: {name: shop}
spec:
  firewall: {applicationPorts: ["8080"]}
  links: [{from: [west], to: [east]}]
  clusters:
  - name: east
    podCIDRs: [10.8.0.0/14]
    gke: {project: acme, location: us-east1, vpc: net, subnet: a, nodeTags: [te], private: true, masterCIDR: 172.16.0.0/28,
      endpoints: {private: 10.0.0.2}, authorizedNetworks: [192.0.2.0/24]}
  - name: west
    podCIDRs: [10.12.0.0/14]
    gke: {project: acme, location: us-west1, vpc: net, subnet: b, nodeTags: [tw]}
`

// The dump that fits, with what the tests put in another one's place.
const dumped = `[
{"name": "east", "location": "us-east1", "selfLink": "https://x/v1/projects/acme/locations/us-east1/clusters/east", "masterAuth": {}, "clusterIpv4Cidr": "10.8.0.0/14",
 "networkConfig": {"network": "projects/acme/global/networks/net", "subnetwork": "projects/acme/regions/us-east1/subnetworks/a"},
 "privateClusterConfig": {"enablePrivateNodes": true, "enablePrivateEndpoint": true, "privateEndpoint": "10.0.0.2", "masterIpv4CidrBlock": "172.16.0.0/28", "masterGlobalAccessConfig": {"enabled": true}},
 "masterAuthorizedNetworksConfig": {"enabled": true, "cidrBlocks": [{"cidrBlock": "10.12.0.0/14"}, {"cidrBlock": "192.0.2.0/24"}]}},
{"name": "west", "location": "us-west1", "selfLink": "https://x/v1/projects/acme/locations/us-west1/clusters/west", "masterAuth": {}, "clusterIpv4Cidr": "10.12.0.0/14",
 "networkConfig": {"network": "projects/acme/global/networks/net", "subnetwork": "projects/acme/regions/us-west1/subnetworks/b"}},
{"name": "gke-east-0a1b2c3d-all", "direction": "INGRESS", "network": "https://x/projects/acme/global/networks/net", "allowed": [{"IPProtocol": "tcp"}], "sourceRanges": ["10.8.0.0/14"], "targetTags": ["te"]},
{"name": "gke-east-0a1b2c3d-exkubelet", "direction": "INGRESS", "network": "https://x/projects/acme/global/networks/net", "denied": [{"IPProtocol": "tcp", "ports": ["10255"]}], "sourceRanges": ["0.0.0.0/0"], "targetTags": ["te"]},
{"name": "gke-west-0a1b2c3d-all", "direction": "INGRESS", "network": "https://x/projects/acme/global/networks/net", "allowed": [{"IPProtocol": "tcp"}], "sourceRanges": ["10.12.0.0/14"], "targetTags": ["tw"]},
{"name": "pods", "description": "kubectl-mesh shop firewall", "direction": "INGRESS", "network": "https://x/projects/acme/global/networks/net", "priority": 1000,
 "allowed": [{"IPProtocol": "tcp", "ports": ["8080"]}], "sourceRanges": ["10.12.0.0/14"], "targetTags": ["te"]},
{"name": "hook", "description": "kubectl-mesh shop webhook east", "direction": "INGRESS", "network": "https://x/projects/acme/global/networks/net", "priority": 1000,
 "allowed": [{"IPProtocol": "6", "ports": ["15017"]}], "sourceRanges": ["172.16.0.0/28"], "targetTags": ["te"]}
]`

// withDump is that mesh and a dump, of which texts were replaced; each must be there.
func withDump(t *testing.T, oldAndNew ...string) *Input {
	t.Helper()
	text := dumped
	for i := 0; i < len(oldAndNew); i += 2 {
		if !strings.Contains(text, oldAndNew[i]) {
			t.Fatalf("the dump has no %s", oldAndNew[i])
		}
		text = strings.Replace(text, oldAndNew[i], oldAndNew[i+1], 1)
	}
	dump, err := gke.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	mesh := &v1alpha1.Mesh{}
	if err := yaml.UnmarshalStrict([]byte(dumpedMesh), mesh); err != nil {
		t.Fatal(err)
	}
	v1alpha1.SetDefaults(mesh)
	known := map[string]gke.Cluster{}
	for _, cluster := range dump.Clusters {
		if cluster.Name == "east" || cluster.Name == "west" {
			known[cluster.Name] = cluster
		}
	}
	return &Input{Mesh: mesh, Graph: topology.New(mesh), Dump: &Dump{Dump: dump, Known: known, Files: "dump/*.json"}}
}

func TestDump(t *testing.T) {
	const pods, hook = `"allowed": [{"IPProtocol": "tcp", "ports": ["8080"]}], "sourceRanges": ["10.12.0.0/14"], "targetTags": ["te"]}`, `["15017"]}], "sourceRanges": ["172.16.0.0/28"], "targetTags": ["te"]}`
	deny := func(priority, more string) string {
		return fmt.Sprintf(`{"name": "deny", "direction": "INGRESS", "network": "projects/acme/global/networks/net", "priority": %s, "denied": [{"IPProtocol": "all"}]%s}`, priority, more)
	}
	ranges := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(`{"cidrBlock": "198.51.%d.0/24"}`, i))
		}
		return strings.Join(all, ", ")
	}
	const third = `{"name": "third", "location": "us-east1", "masterAuth": {}, "clusterIpv4Cidr": "10.9.0.0/16", "selfLink": "https://x/v1/projects/acme/locations/us-east1/clusters/third", "network": "net"},` + "\n"
	for name, test := range map[string]struct {
		replace      []string
		want, reason string
	}{
		"all is well":            {nil, "", ""},
		"a cluster is missing":   {[]string{`"name": "west", "location"`, `"name": "other", "location"`}, "CHECK034 unknown", "west is not in dump/*.json"},
		"no rules of a network":  {[]string{`{"name": "gke-east-0a1b2c3d-all", "direction": "INGRESS"`, `{"name": "gke-east-0a1b2c3d-all", "direction": "EGRESS"`, `{"name": "gke-east-0a1b2c3d-exkubelet", "direction": "INGRESS"`, `{"name": "x", "direction": "EGRESS"`, `"gke-west-0a1b2c3d-all", "direction": "INGRESS"`, `"y", "direction": "EGRESS"`, `firewall", "direction": "INGRESS"`, `", "direction": "EGRESS"`, `east", "direction": "INGRESS"`, `", "direction": "EGRESS"`}, "CHECK034 unknown", "no rule of network net of project acme"},
		"no rule":                {[]string{`"sourceRanges": ["10.12.0.0/14"], "targetTags": ["te"]`, `"sourceRanges": ["10.12.0.0/14"], "targetTags": ["tw"]`}, "CHECK035 failed\nCHECK036 warning", "tcp:8080 from 10.12.0.0/14 to te in network net of project acme: no rule allows it"},
		"it is switched off":     {[]string{`"description": "kubectl-mesh shop firewall"`, `"disabled": true`}, "CHECK035 failed", "no rule allows it"},
		"other ports":            {[]string{`["8080"]`, `["8081-8090"]`}, "CHECK035 failed\nCHECK036 warning", "no rule allows it"},
		"a part of the pods":     {[]string{`"sourceRanges": ["10.12.0.0/14"], "targetTags": ["te"]`, `"sourceRanges": ["10.12.0.0/15"], "targetTags": ["te"]`}, "CHECK035 failed", "no rule allows it"},
		"no webhook":             {[]string{hook, strings.Replace(hook, "15017", "443", 1)}, "CHECK035 failed\nCHECK036 warning", "from 172.16.0.0/28 to te"},
		"a range with the port":  {[]string{hook, strings.Replace(hook, "15017", "15000-15020", 1)}, "CHECK036 warning", "rule hook in network net of project acme allows more: tcp:15000-15020"},
		"it is denied":           {[]string{pods, pods + "," + deny("1000", "")}, "CHECK035 failed\nCHECK035 failed", "rule deny denies it"},
		"it is denied elsewhere": {[]string{pods, pods + "," + deny("1000", `, "targetTags": ["tw"]`)}, "", ""},
		"it is denied later":     {[]string{pods, pods + "," + deny("1001", "")}, "", ""},

		"more sources":                 {[]string{`"sourceRanges": ["10.12.0.0/14"], "targetTags": ["te"]`, `"sourceRanges": ["10.12.0.0/14", "10.64.0.0/16"], "targetTags": ["te"]`}, "CHECK036 warning", "rule pods in network net of project acme allows more: from 10.64.0.0/16"},
		"every port":                   {[]string{`[{"IPProtocol": "tcp", "ports": ["8080"]}]`, `[{"IPProtocol": "tcp"}, {"IPProtocol": "esp"}]`}, "CHECK036 warning", "allows more: esp, tcp"},
		"every machine":                {[]string{`"sourceRanges": ["10.12.0.0/14"], "targetTags": ["te"]`, `"sourceRanges": ["10.12.0.0/14"]`}, "CHECK036 warning", "allows more: at all machines"},
		"everybody, by another's rule": {[]string{`"description": "kubectl-mesh shop firewall"`, `"description": ""`, `"sourceRanges": ["10.12.0.0/14"], "targetTags": ["te"]`, `"sourceRanges": ["0.0.0.0/0"], "targetTags": ["te"]`}, "CHECK036 warning", "from 0.0.0.0/0"},
		"another's, for others":        {[]string{pods, pods + `, {"name": "web", "direction": "INGRESS", "network": "projects/acme/global/networks/net", "allowed": [{"IPProtocol": "tcp"}], "targetTags": ["web"]}`}, "", ""},

		"ranges overlap": {[]string{`{"name": "gke-east-0a1b2c3d-all"`, third + `{"name": "gke-east-0a1b2c3d-all"`}, "CHECK037 failed",
			"pods 10.8.0.0/14 of acme/us-east1/east and pods 10.9.0.0/16 of acme/us-east1/third overlap in network net of project acme"},
		"in two networks":     {[]string{`{"name": "gke-east-0a1b2c3d-all"`, strings.Replace(third, `"network": "net"`, `"network": "x"`, 1) + `{"name": "gke-east-0a1b2c3d-all"`}, "", ""},
		"not authorized":      {[]string{`{"cidrBlock": "10.12.0.0/14"}, `, ""}, "CHECK038 failed", "east: 10.12.0.0/14 not authorized"},
		"in a wider one":      {[]string{`{"cidrBlock": "10.12.0.0/14"}, `, `{"cidrBlock": "10.0.0.0/8"}, `}, "CHECK039 warning", "east authorizes 10.0.0.0/8"},
		"the list is off":     {[]string{`"enabled": true, "cidrBlocks"`, `"enabled": false, "cidrBlocks"`}, "", ""},
		"no global access":    {[]string{`"masterGlobalAccessConfig": {"enabled": true}`, `"masterGlobalAccessConfig": {}`}, "CHECK038 failed", "east: global access off"},
		"one that is left":    {[]string{`{"cidrBlock": "10.12.0.0/14"}`, `{"cidrBlock": "10.12.0.0/14"}, {"cidrBlock": "198.51.100.0/24"}`}, "CHECK039 warning", "east authorizes 198.51.100.0/24"},
		"the list is filling": {[]string{`{"cidrBlock": "10.12.0.0/14"}`, `{"cidrBlock": "10.12.0.0/14"}, ` + ranges(78)}, "CHECK039 warning\nCHECK040 warning", "east authorizes"},
		"other facts":         {[]string{`subnetworks/b"`, `subnetworks/c"`}, "CHECK041 warning", "west: differs from the gcloud output: gke.subnet"},
	} {
		t.Run(name, func(t *testing.T) {
			results := Run(*withDump(t, test.replace...))
			if got := open(results); got != test.want {
				t.Fatalf("not ok: got\n%s\nwant\n%s\n%+v", got, test.want, results)
			}
			if test.want == "" {
				return
			}
			if result := find(t, results, strings.Fields(test.want)[0]); !strings.Contains(result.Reason, test.reason) || result.Hint == "" {
				t.Errorf("got reason %q, remedy %q; want %q", result.Reason, result.Hint, test.reason)
			}
		})
	}
}

// TestDumpRemedies: the scripts that are named are those that are rendered.
func TestDumpRemedies(t *testing.T) {
	const rule, hook = `{"name": "pods", "description": "kubectl-mesh shop firewall"`, `"description": "kubectl-mesh shop webhook east"`
	in := func(change func(*v1alpha1.Mesh), replace ...string) *Input {
		input := withDump(t, replace...)
		change(input.Mesh)
		input.Graph = topology.New(input.Mesh)
		return input
	}
	none := func(*v1alpha1.Mesh) {}
	domain := func(m *v1alpha1.Mesh) {
		for i := range m.Spec.Clusters {
			m.Spec.Clusters[i].GKE.NetworkProject = "example.com:acme"
		}
	}
	terraform := func(m *v1alpha1.Mesh) {
		m.Spec.Firewall.Outputs = []v1alpha1.FirewallOutput{v1alpha1.FirewallTerraform}
	}
	wider := []string{`"sourceRanges": ["10.12.0.0/14"], "targetTags": ["te"]`, `"sourceRanges": ["10.12.0.0/14", "10.64.0.0/16"], "targetTags": ["te"]`}
	wideHook := []string{`["15017"]}], "sourceRanges": ["172.16.0.0/28"]`, `["15017"]}], "sourceRanges": ["172.16.0.0/24"]`}
	for name, test := range map[string]struct {
		input    *Input
		id, want string
	}{
		"a rule is missing": {in(none, `["8080"]`, `["8081"]`), "CHECK035", "bash deploy/gcloud/firewall.sh acme/net, which creates rule mesh-shop-net-pods"},
		"in the project of a domain": {in(domain, append(wider, `firewall", "direction": "INGRESS", "network": "https://x/projects/acme/`,
			`firewall", "direction": "INGRESS", "network": "https://x/projects/example.com:acme/`)...), "CHECK036",
			"bash deploy/gcloud/firewall.sh example.com:acme/net, with --prune if the rule is no longer in mesh.yaml"},
		"no script is rendered": {in(terraform, `["8080"]`, `["8081"]`), "CHECK035", "apply deploy/firewall to network net, with rule mesh-shop-net-pods"},
		"a rule is wide":        {in(none, wider...), "CHECK036", "bash deploy/gcloud/firewall.sh acme/net, with --prune if the rule is no longer in mesh.yaml"},
		"a webhook's":           {in(none, wideHook...), "CHECK036", "bash deploy/gcloud/firewall.sh acme/net, with --prune if the rule is no longer in mesh.yaml"},
		"of a cluster that is gone": {in(none, append(wideHook, hook, `"description": "kubectl-mesh shop webhook gone"`)...), "CHECK036",
			"bash deploy/gcloud/firewall.sh acme/net, with --prune if the rule is no longer in mesh.yaml"},
		"another's": {in(none, append(wider, rule, `{"name": "pods", "description": ""`)...), "CHECK036", "find out who else uses it: gcloud compute firewall-rules describe pods --project=acme"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := find(t, Run(*test.input), test.id).Hint; got != test.want {
				t.Errorf("got remedy %q, want %q", got, test.want)
			}
		})
	}
}

// Without a dump there is nothing to compare.
func TestNoDump(t *testing.T) {
	in := withDump(t)
	in.Dump = nil
	for _, result := range Run(*in) {
		if result.ID >= "CHECK034" && result.ID <= "CHECK041" {
			t.Errorf("%s was made", result.ID)
		}
	}
}
