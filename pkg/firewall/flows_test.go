package firewall_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
)

// TestFlows: clusters of no platform in particular; b is in another network, and c has no control
// plane.
func TestFlows(t *testing.T) {
	const spec = `{istio: {version: "1.30.2"}, firewall: {applicationPorts: ["8080"]}, links: [{from: [a], to: [b]}, {from: [c], to: [a]}], clusters: [
		{name: a, network: x, podCIDRs: [10.1.0.0/16, "2001:db8::/48"], egressCIDRs: [203.0.113.1/32], api: {server: "https://10.9.0.2:6443"}, gateway: {addresses: [10.9.0.7]}},
		{name: b, network: z, platform: k3s, api: {server: "https://b.example.com"}, gateway: {addresses: [b-gateway.example.com], service: NodePort}},
		{name: c, network: x, controlPlane: a, podCIDRs: [10.3.0.0/16], api: {server: "https://10.9.0.3:6443"}}]}`
	want := []firewall.Flow{
		{Kind: firewall.KindIstiod, From: "c", To: "a", Sources: cidrs("10.3.0.0/16"), Destinations: []string{"10.9.0.7"}, Allow: tcp(15012, 15017)},
		{Kind: firewall.KindPods, From: "c", To: "a", Sources: cidrs("10.3.0.0/16"), Destinations: []string{"10.1.0.0/16", "2001:db8::/48"}, Allow: tcp(8080)},
		{Kind: firewall.KindGateways, From: "a", To: "b", Sources: cidrs("203.0.113.1/32"), Destinations: []string{"b-gateway.example.com"}, Allow: tcp(15443), NodePorts: true},
		{Kind: firewall.KindAPI, From: "a", To: "b", Sources: cidrs("203.0.113.1/32"), Destinations: []string{"b.example.com"}, Allow: tcp(443)},
		{Kind: firewall.KindAPI, From: "a", To: "c", Sources: cidrs("10.1.0.0/16"), Destinations: []string{"10.9.0.3"}, Allow: tcp(6443)},
	}
	if diff := cmp.Diff(want, firewall.Flows(load(t, spec)), cmpopts.EquateEmpty(), prefixes()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, flow := range firewall.Flows(load(t, `{clusters: [{name: a}, {name: b}]}`)) {
		if len(flow.Sources) > 0 || flow.Kind == firewall.KindAPI && len(flow.Destinations) > 0 {
			t.Errorf("%+v has addresses that nobody has said", flow)
		}
	}
}

// Lines for a reviewer say who calls whom.
func TestReasons(t *testing.T) {
	rules := rulesOf(t, `{links: [{between: [a, b]}, {from: [c], to: [a, b]}], `+three+`}`)
	want := []string{"calls from pod to pod", "a, b may call each other", "c may call them too"}
	if diff := cmp.Diff(want, rules[0].Reasons); len(rules) != 1 || diff != "" {
		t.Errorf("%d rules (-want +got):\n%s", len(rules), diff)
	}
}
