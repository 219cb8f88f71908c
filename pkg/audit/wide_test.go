package audit_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/audit"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// TestWidthsOfWays: each source, target and port of a rule is one that the mesh has, and still the
// rule lets in what no link says.
func TestWidthsOfWays(t *testing.T) {
	// a calls b, and b calls c; the webhook of b is called by its control plane.
	plan := firewall.Plan{Networks: []firewall.Network{{Project: "acme", Name: "net", Rules: []firewall.Rule{
		wayTo("a-b", "10.1.0.0/16", "tb", 8080), wayTo("b-c", "10.2.0.0/16", "tc", 8080), wayTo("hook", "172.16.0.0/28", "tb", 15017),
	}}}}
	const own = `{"name": "gke-b-0a1b2c3d-all", "direction": "INGRESS", "network": "projects/acme/global/networks/net", "allowed": [{"IPProtocol": "tcp"}],
		"sourceRanges": ["10.2.0.0/16"], "targetTags": ["tb"]},`
	const port = `"allowed": [{"IPProtocol": "tcp", "ports": ["8080"]}],`
	for name, test := range map[string]struct {
		rules string
		want  []string
	}{
		"what links say":             {rule("x", port+`"sourceRanges": ["10.1.0.0/16"], "targetTags": ["tb"]`), nil},
		"the way back":               {rule("x", port+`"sourceRanges": ["10.2.0.0/16"], "targetTags": ["tb"]`), []string{"tcp:8080 from 10.2.0.0/16 at tb"}},
		"what GKE lets in anyway":    {own + rule("x", port+`"sourceRanges": ["10.1.0.0/16", "10.2.0.0/16"], "targetTags": ["tb"]`), nil},
		"two hops in one":            {rule("x", port+`"sourceRanges": ["10.1.0.0/16", "10.2.0.0/16"], "targetTags": ["tc"]`), []string{"tcp:8080 from 10.1.0.0/16 at tc"}},
		"pods at the webhook's port": {rule("x", `"allowed": [{"IPProtocol": "tcp", "ports": ["15017"]}], "sourceRanges": ["10.1.0.0/16"], "targetTags": ["tb"]`), []string{"tcp:15017 from 10.1.0.0/16 at tb"}},
		"half of the pods":           {rule("x", port+`"sourceRanges": ["10.1.0.0/17"], "targetTags": ["tb"]`), nil},
		"one target of two":          {rule("x", port+`"sourceRanges": ["10.1.0.0/16"], "targetTags": ["tb", "tc"]`), []string{"tcp:8080 from 10.1.0.0/16 at tc"}},
	} {
		t.Run(name, func(t *testing.T) {
			dump, err := gke.Parse([]byte("[" + test.rules + "]"))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, wide := range audit.Widths(plan, "shop", dump.Rules) {
				got = append(got, wide.Paths...)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("ways (-want +got):\n%s", diff)
			}
		})
	}
}

// wayTo is a rule of a plan.
func wayTo(name, source, target string, port uint16) firewall.Rule {
	return firewall.Rule{Name: name, Sources: []netip.Prefix{netip.MustParsePrefix(source)}, Targets: []string{target},
		Allow: []firewall.Allow{{Protocol: "tcp", Ports: []firewall.Ports{{First: port, Last: port}}}}}
}
