package firewall_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// load makes a mesh named shop from the text of spec. It must be valid, as New may expect.
func load(t testing.TB, spec string) (*v1alpha1.Mesh, *topology.Graph) {
	t.Helper()
	mesh := &v1alpha1.Mesh{}
	if err := yaml.UnmarshalStrict([]byte("apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec: "+spec), mesh); err != nil {
		t.Fatal(err)
	}
	if errs := v1alpha1.Validate(mesh); len(errs) > 0 {
		t.Fatal(errs[0].Error)
	}
	v1alpha1.SetDefaults(mesh)
	return mesh, topology.New(mesh)
}

func plan(t testing.TB, spec string) firewall.Plan {
	t.Helper()
	return firewall.New(load(t, spec))
}

// rulesOf are the rules of the only network.
func rulesOf(t testing.TB, spec string) []firewall.Rule {
	t.Helper()
	networks := plan(t, spec).Networks
	if len(networks) != 1 {
		t.Fatalf("%d networks, want one: %v", len(networks), networks)
	}
	return networks[0].Rules
}

// checkRules compares rules but for the lines that explain them.
func checkRules(t testing.TB, got []firewall.Rule, want ...firewall.Rule) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(firewall.Rule{}, "Reasons"), cmpopts.EquateEmpty(), prefixes()); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

func prefixes() cmp.Option {
	return cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })
}

// cidrs reads ranges.
func cidrs(texts ...string) []netip.Prefix {
	ranges := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		ranges[i] = netip.MustParsePrefix(text)
	}
	return ranges
}

func tcp(ports ...uint16) []firewall.Allow {
	allow := firewall.Allow{Protocol: "tcp"}
	for _, port := range ports {
		allow.Ports = append(allow.Ports, firewall.Ports{First: port, Last: port})
	}
	return []firewall.Allow{allow}
}

// pods is a rule for calls from pod to pod.
func pods(name string, allow []firewall.Allow, sources []netip.Prefix, tags ...string) firewall.Rule {
	return firewall.Rule{Name: name, Kind: firewall.KindPods, Description: "kubectl-mesh shop firewall", Priority: 1000,
		Allow: allow, Sources: sources, Targets: tags}
}

func of(kind firewall.Kind, rule firewall.Rule) firewall.Rule {
	rule.Kind = kind
	return rule
}
