package rules_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// gatewayAddressCases are about where callers find an east-west gateway.
func gatewayAddressCases() map[string][]ruleCase {
	apart := func(gateway, more string) string {
		return "{" + more + "clusters: [{name: east, network: e, gateway: {" + gateway + "}}, {name: west, network: w}]}"
	}
	flat := func(gateway string) string {
		return "{clusters: [{name: east, network: e, gateway: {" + gateway + "}}, {name: west, network: e}]}"
	}
	both := func(one, two string) string {
		return "{clusters: [{name: east, network: e, gateway: {" + one + "}}, {name: west, network: w, gateway: {" + two + "}}]}"
	}
	collected := func(addresses ...string) func(*rules.Input) {
		return func(in *rules.Input) {
			in.GatewayOverrides = []mesh.Override{{Cluster: "east", Field: "gateway.addresses", Reported: addresses, Declared: []string{"203.0.113.7"}}}
		}
	}
	const only, advertised = "addressesOnly: true, addresses: [203.0.113.7]", "addresses: [203.0.113.7], peerGateway: true"
	const networks = "istio: {meshNetworks: true}, "
	without := []mesh.Problem{found("spec.clusters[0].gateway.addressesOnly", "west neither gets nor discovers the gateway addresses of east",
		"also set peerGateway: true", "east")}
	nodes := func(message string) []mesh.Problem {
		return []mesh.Problem{found("spec.clusters[0].gateway.service", message,
			"set gateway: {service: NodePort, addresses: [NODE-ADDRESS], nodePort: PORT, peerGateway: true}", "east")}
	}
	second := func(message string) []mesh.Problem {
		return []mesh.Problem{found("spec.clusters[0].gateway.addresses", message,
			"set gateway: {addressesOnly: true, peerGateway: true} if callers reach only the declared address", "east")}
	}
	unreached := func(address, what string) []mesh.Problem {
		return []mesh.Problem{found("spec.clusters[0].gateway.addresses[0]", address+" is "+what+": no other cluster can reach the gateway of east there",
			"set the address at which other clusters reach the gateway", "east")}
	}
	shared := func(port string) []mesh.Problem {
		return []mesh.Problem{found("spec.clusters[1].gateway.addresses[0]", "the gateways of east and west both have 203.0.113.7, port "+port+", and their networks differ",
			"set the address of the gateway of west, or its own nodePort behind a shared address", "east", "west")}
	}
	const kubernetes = "{clusters: [{name: east, clusterID: Kubernetes}, {name: west}]}"
	pods := func(addresses, ranges, more string) string {
		return "{" + more + "clusters: [{name: east, network: e, gateway: {addresses: [" + addresses + "]}}, " +
			"{name: west, network: w, podCIDRs: [" + ranges + "], gateway: {addresses: [198.51.100.7]}}]}"
	}
	family := func(gateway, other string) []mesh.Problem {
		return []mesh.Problem{found("spec.clusters[0].gateway.addresses", "the gateway of east has only "+gateway+
			" addresses, and the pods of west have no such address: istiod leaves the gateway out there",
			"add an "+other+" address", "east")}
	}
	return map[string][]ruleCase{
		"MESH101": {
			{name: "IPv6 for IPv4", spec: pods("'2001:db8::7'", "10.1.0.0/16", ""), want: family("IPv6", "IPv4")},
			{name: "IPv4 for IPv6", spec: pods("203.0.113.7", "'fd00:1::/48'", ""), want: family("IPv4", "IPv6")},
			{name: "the same family", spec: pods("203.0.113.7", "10.1.0.0/16", "")},
			{name: "an IPv4-mapped address", spec: pods("'::ffff:203.0.113.7'", "10.1.0.0/16", "")},
			{name: "a gateway with both", spec: pods("'2001:db8::7', 203.0.113.7", "10.1.0.0/16", "")},
			{name: "dual-stack pods", spec: pods("'2001:db8::7'", "10.1.0.0/16, 'fd00:1::/48'", "")},
			{name: "a name", spec: pods("gw.example.com", "'fd00:1::/48'", "")},
			{name: "unknown pods", spec: pods("'2001:db8::7'", "", "")},
			{name: "ztunnels choose otherwise", spec: pods("'2001:db8::7'", "10.1.0.0/16", "istio: {dataPlane: ambient}, ")},
			{name: "one network", spec: strings.Replace(pods("'2001:db8::7'", "10.1.0.0/16", ""), "network: w", "network: e", 1)},
		},
		"MESH100": {
			{name: "not advertised", spec: apart(only, ""), want: without},
			{name: "ambient reads no meshNetworks", spec: apart(only, "istio: {meshNetworks: true, dataPlane: ambient}, "), want: without},
			{name: "advertised by a peer Gateway", spec: apart(only+", peerGateway: true", "")},
			{name: "advertised by meshNetworks", spec: apart(only, networks)},
			{name: "one network", spec: flat(only)},
		},
		"MESH093": {
			{name: "advertised by a peer Gateway", spec: apart(advertised, ""), change: collected("192.168.1.240"),
				want: second("callers of east also discover its gateway at 192.168.1.240, in addition to 203.0.113.7")},
			{name: "not advertised", spec: apart("addresses: [203.0.113.7]", ""), change: collected("203.0.113.7", "192.168.1.240"),
				want: second("callers of east also discover its gateway at 192.168.1.240, in addition to 203.0.113.7")},
			{name: "the same", spec: apart(advertised, ""), change: collected("203.0.113.7")},
			{name: "instead", spec: apart(only+", peerGateway: true", ""), change: collected("192.168.1.240")},
			{name: "one network", spec: flat(advertised), change: collected("192.168.1.240")},
			{name: "of another cluster", spec: apart(advertised, ""), change: func(in *rules.Input) {
				in.GatewayOverrides = []mesh.Override{{Cluster: "west", Reported: []string{"192.168.1.240"}}}
			}},
		},
		"MESH094": {
			{name: "no address", spec: apart("service: NodePort", ""), want: nodes("west discovers the nodes of east that have an ExternalIP, and no other nodes")},
			{name: "meshNetworks without an address", spec: apart("service: NodePort", networks), want: nodes("west discovers the nodes of east that have an ExternalIP, and no other nodes")},
			{name: "a private cluster", spec: strings.Replace(apart("service: NodePort", ""), "network: e,", "network: e, gke: {project: acme-prod, location: us-east1, private: true},", 1),
				want: nodes("west discovers no node of east: nodes of a private cluster have no ExternalIP")},
			{name: "advertised", spec: apart("service: NodePort, nodePort: 31443, "+advertised, "")},
			{name: "a load balancer", spec: apart("", "")},
			{name: "ambient is of another rule", spec: apart("service: NodePort", "istio: {dataPlane: ambient}, ")},
			{name: "one network", spec: flat("service: NodePort")},
		},
		"MESH095": {
			{name: "loopback", spec: apart("addresses: [127.0.0.1]", ""), want: unreached("127.0.0.1", "a loopback address")},
			{name: "unspecified", spec: apart("addresses: [0.0.0.0]", ""), want: unreached("0.0.0.0", "no address")},
			{name: "inside a cluster", spec: apart("addresses: [gw.istio-system.svc.cluster.local]", ""), want: unreached("gw.istio-system.svc.cluster.local", "a name inside a cluster")},
			{name: "private", spec: apart("addresses: [192.168.1.240]", "")},
			{name: "a name", spec: apart("addresses: [gw.example.com]", "")},
		},
		"MESH096": {
			{name: "a private zone", spec: apart("addresses: [gw.shop.internal]", ""), want: []mesh.Problem{found("spec.clusters[0].gateway.addresses[0]",
				"gw.shop.internal is in a private zone, but other clusters resolve it elsewhere",
				"set a name or an address that the peers' pods resolve, or forward the zone in the DNS of the peers and waive the finding", "east")}},
			{name: "no domain", spec: apart("addresses: [gateway1]", ""), want: []mesh.Problem{found("spec.clusters[0].gateway.addresses[0]",
				"gateway1 has no domain, but other clusters resolve it elsewhere", "set a name or an address that the peers' pods resolve", "east")}},
			{name: "public", spec: apart("addresses: [gw.example.com]", "")},
		},
		"MESH097": {
			{name: "one address", spec: both(advertised, advertised), want: shared("15443")},
			{name: "one node port behind NAT", spec: both(advertised+", nodePort: 31443", advertised+", nodePort: 31443"), want: shared("31443")},
			{name: "ports of their own", spec: both(advertised+", nodePort: 31443", advertised+", nodePort: 31444")},
			{name: "one network", spec: strings.Replace(both(advertised, advertised), "network: w", "network: e", 1)},
			{name: "twice in one cluster", spec: both("addresses: [203.0.113.7, 203.0.113.7]", "")},
		},
		"MESH098": {
			{name: "the default", spec: kubernetes, want: []mesh.Problem{found("spec.clusters[0].clusterID", "the ID of east is Kubernetes, which is istiod's default",
				"omit clusterID, and install istiod with global.multiCluster.clusterName: east", "east")}},
			{name: "in lower case it is a name", spec: strings.Replace(kubernetes, "Kubernetes", "kubernetes", 1)},
		},
	}
}

// TestAddressesOnlyNeedsAddresses: what is not discovered must be declared.
func TestAddressesOnlyNeedsAddresses(t *testing.T) {
	in := load(t, "{clusters: [{name: east, network: e, gateway: {addressesOnly: true}}, {name: west, network: w, istio: {meshNetworks: true}}]}")
	problems := of("MESH005", rules.Check(in))
	const want = "west reaches east through its east-west gateway, which has no address"
	if len(problems) != 1 || problems[0].Message != want {
		t.Errorf("got %v, want %q", problems, want)
	}
}
