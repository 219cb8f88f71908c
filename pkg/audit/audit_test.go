package audit_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/audit"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// plan needs tcp 8080 and 15000 to 15010 from 10.12.0.0/14 at machines with tag t.
func plan() firewall.Plan {
	return firewall.Plan{Networks: []firewall.Network{{Project: "acme", Name: "net", Rules: []firewall.Rule{{
		Name: "pods", Kind: firewall.KindPods, Sources: []netip.Prefix{netip.MustParsePrefix("10.12.0.0/14")}, Targets: []string{"t"},
		Allow: []firewall.Allow{{Protocol: "tcp", Ports: []firewall.Ports{{First: 8080, Last: 8080}, {First: 15000, Last: 15010}}}},
	}}}}}
}

// rule is of network net; more are its other fields.
func rule(name, more string) string {
	return fmt.Sprintf(`{"name": %q, "direction": "INGRESS", "network": "projects/acme/global/networks/net", %s}`, name, more)
}

// TestFlows: which rules let a flow in, and which keep it out.
func TestFlows(t *testing.T) {
	const sources, targets = `"sourceRanges": ["10.12.0.0/14"]`, `"targetTags": ["t"]`
	const ports = `"allowed": [{"IPProtocol": "tcp", "ports": ["8080", "15000-15010"]}]`
	fits := rule("fits", ports+","+sources+","+targets)
	deny := func(more string) string { return rule("deny", `"denied": [{"IPProtocol": "all"}]`+more) }
	for name, test := range map[string]struct {
		rules   string
		passes  bool
		deniers []string
	}{
		"one that fits":                   {fits, true, nil},
		"all protocols":                   {rule("all", `"allowed": [{"IPProtocol": "all"}],`+sources+","+targets), true, nil},
		"the number of tcp":               {rule("six", `"allowed": [{"IPProtocol": "6"}],`+sources+","+targets), true, nil},
		"another protocol":                {rule("udp", `"allowed": [{"IPProtocol": "udp"}],`+sources+","+targets), false, []string{""}},
		"a part of the ports":             {rule("some", `"allowed": [{"IPProtocol": "tcp", "ports": ["8080", "15000-15009"]}],`+sources+","+targets), false, []string{""}},
		"ports that are none":             {rule("odd", `"allowed": [{"IPProtocol": "tcp", "ports": ["http"]}],`+sources+","+targets), false, []string{""}},
		"everybody":                       {rule("any", ports+`,"sourceRanges": ["0.0.0.0/0"],`+targets), true, nil},
		"no source, which is everybody":   {rule("any", ports+","+targets), true, nil},
		"machines with a tag, not pods":   {rule("tags", ports+`,"sourceTags": ["s"],`+targets), false, []string{""}},
		"every machine":                   {rule("all", ports+","+sources), true, nil},
		"accounts, not tags":              {rule("accounts", ports+`,"targetServiceAccounts": ["a"],`+sources), false, []string{""}},
		"another network":                 {`{"name": "x", "direction": "INGRESS", "network": "projects/other/global/networks/net",` + ports + "}," + rule("web", `"allowed": []`), false, []string{""}},
		"switched off":                    {rule("off", `"disabled": true,`+ports+","+sources+","+targets) + "," + rule("web", `"allowed": []`), false, []string{""}},
		"denied with the same number":     {fits + "," + deny(""), false, []string{"deny"}},
		"denied before":                   {fits + "," + deny(`, "priority": 10`), false, []string{"deny"}},
		"denied after":                    {fits + "," + deny(`, "priority": 1001`), true, nil},
		"denied for a part of the pods":   {fits + "," + deny(`, "sourceRanges": ["10.13.0.0/16"]`), false, []string{"deny"}},
		"denied for others":               {fits + "," + deny(`, "sourceRanges": ["10.64.0.0/16"]`), true, nil},
		"denied at another port":          {fits + "," + rule("deny", `"denied": [{"IPProtocol": "tcp", "ports": ["22"]}]`), true, nil},
		"the denial of GKE's own":         {rule("all", `"allowed": [{"IPProtocol": "tcp"}],`+sources+","+targets) + "," + rule("gke-east-0a1b2c3d-exkubelet", `"denied": [{"IPProtocol": "tcp", "ports": ["8080"]}]`), true, nil},
		"two rules for one flow, by half": {rule("low", ports+`,"sourceRanges": ["10.12.0.0/15"],`+targets) + "," + rule("high", ports+`,"sourceRanges": ["10.14.0.0/15"],`+targets), true, nil},
		"three quarters of it":            {rule("low", ports+`,"sourceRanges": ["10.12.0.0/15", "10.14.0.0/16"],`+targets), false, []string{""}},
		"a port each":                     {rule("one", `"allowed": [{"IPProtocol": "tcp", "ports": ["8080"]}],`+sources+","+targets) + "," + rule("two", `"allowed": [{"IPProtocol": "tcp", "ports": ["15000-15020"]}],`+sources+","+targets), true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			dump, err := gke.Parse([]byte("[" + test.rules + "]"))
			if err != nil {
				t.Fatal(err)
			}
			missing, unknown := audit.Flows(plan(), dump.Rules)
			var deniers []string
			for _, m := range missing {
				deniers = append(deniers, m.DeniedBy)
			}
			if diff := cmp.Diff(test.deniers, deniers); diff != "" || len(unknown) > 0 || test.passes != (len(missing) == 0) {
				t.Errorf("missing %+v, unseen %+v", missing, unknown)
			}
		})
	}
}

func TestFlowsOfUnknownNetwork(t *testing.T) {
	missing, unknown := audit.Flows(plan(), nil)
	if len(missing) > 0 || len(unknown) != 1 || unknown[0].Name != "net" {
		t.Errorf("missing %+v, unseen %+v", missing, unknown)
	}
}
