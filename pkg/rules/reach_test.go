package rules_test

import (
	"slices"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

const reachHint = "set the address at which the peers' pods reach it"

func reachCases() map[string][]ruleCase {
	cases := []ruleCase{
		{
			name: "kind gets the address of its container",
			spec: `{clusters: [{name: east, api: {server: https://e.test}}, {name: west, context: kind-my lab, api: {server: "https://127.0.0.1:34567"}}]}`,
			want: []mesh.Problem{found("spec.clusters[1].api.server", "https://127.0.0.1:34567 is a loopback address: a peer can never reach it",
				"kind: use port 6443 at the container's address, which this prints: docker inspect -f "+
					"'{{.NetworkSettings.Networks.kind.IPAddress}}' 'my lab-control-plane'", "west")},
		},
		{
			name: "a primary reads its remote",
			spec: `{links: [], clusters: [{name: p}, {name: r, controlPlane: p, api: {server: https://localhost}}]}`,
			want: []mesh.Problem{found("spec.clusters[1].api.server", "https://localhost is a loopback address: a peer can never reach it", reachHint, "r")},
		},
		{
			name: "a proxy",
			spec: `{clusters: [{name: east, api: {server: https://e.test}}, {name: west, context: kind-west, api: {server: https://10.0.0.2, proxyURL: "socks5://localhost:1080"}}]}`,
			want: []mesh.Problem{found("spec.clusters[1].api.proxyURL", "socks5://localhost:1080 is a loopback address: a peer can never reach it", reachHint, "west")},
		},
		{
			name: "a proxy looks up the server",
			spec: `{clusters: [{name: east, api: {server: https://e.test}}, {name: west, api: {server: https://kubernetes.default.svc, proxyURL: "http://p.test:3128"}}]}`,
		},
		{
			name: "a proxy in the cluster of each reader",
			spec: `{clusters: [{name: east, api: {server: https://e.test}}, {name: west, api: {server: https://10.0.0.2, proxyURL: "http://proxy.egress.svc:3128"}}]}`,
		},
		{
			name: "nobody reads it",
			spec: `{links: [{from: [edge], to: [east]}], clusters: [{name: edge, api: {server: "https://127.0.0.1:6443"}}, {name: east, api: {server: https://e.test}}]}`,
		},
		{name: "no server", spec: `{clusters: [{name: east}, {name: west}]}`},
	}
	return map[string][]ruleCase{"MESH006": append(cases, addressCases()...)}
}

// addressCases go through the forms of an address. What validation refuses is not among them:
// 127.1, 2130706433, 0177.0.0.1, an address with a zone, a name with a dot at its end.
func addressCases() []ruleCase {
	var cases []ruleCase
	for what, hosts := range map[string][]string{
		"a loopback address": {
			"localhost", "LOCALHOST", "LocalHost", "sub.localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback",
			"localhost4", "localhost6", "kubernetes.docker.internal",
			"127.0.0.1", "127.0.0.0", "127.1.2.3", "127.255.255.255",
			"[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
		},
		"no address":                            {"0.0.0.0", "[::]", "[0::0]", "[::ffff:0.0.0.0]"},
		"a multicast address":                   {"224.0.0.1", "239.255.255.255", "[ff02::1]"},
		"the broadcast address":                 {"255.255.255.255", "[::ffff:255.255.255.255]"},
		"a link-local address":                  {"169.254.0.1", "169.254.169.254", "[fe80::1]", "[febf::]", "[::ffff:169.254.0.1]"},
		"neither an IP address nor a host name": {"0x7f000001", "0X7F000001", "0x7f.1", "0x7f.0x0.0x0.0x1", "0x", "127.0.0.0x1", "localhost.0", "10.0.0.o.2"},
		"a name inside a cluster": {
			"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "KUBERNETES.default.svc",
			"kubernetes.default.svc.acme.internal", "api.tunnels.svc", "api.tunnels.svc.cluster.local", "10-0-0-1.default.pod.cluster.local",
		},
		"": {
			"203.0.113.10", "10.0.0.2", "126.255.255.255", "128.0.0.1", "0.0.0.1", "169.253.0.1", "[2001:db8::1]", "[::2]", "[fec0::1]", "[fd00::1]",
			"east.test", "localhost.test", "mylocalhost", "local", "ABCDEF.gr7.us-east-1.eks.amazonaws.com", "0x7f.test", "127.test", "0xg", "x0", "10.0.0.2x",
			"kubernetes.test", "kubernetes.default.test", "svc", "svc.test", "api.svc.test", "cluster.local.test", "api.local", "host.docker.internal", "east-control-plane",
		},
	} {
		for _, host := range hosts {
			cases = append(cases, addressCase("https://"+host+":6443", what))
		}
	}
	return append(cases, addressCase("https://localhost", "a loopback address"), addressCase("https://127.0.0.1/k8s", "a loopback address"))
}

func addressCase(server, what string) ruleCase {
	test := ruleCase{name: server, spec: `{clusters: [{name: east, api: {server: https://e.test}}, {name: west, api: {server: "` + server + `"}}]}`}
	if what != "" {
		test.want = []mesh.Problem{found("spec.clusters[1].api.server", server+" is "+what+": a peer can never reach it", reachHint, "west")}
	}
	return test
}

// TestNoLoopbackSlipsThrough: whatever curl, a browser or the C library read as this machine is
// refused by validation or found by the rule.
func TestNoLoopbackSlipsThrough(t *testing.T) {
	for _, host := range []string{
		"127.1", "127.0.1", "127.0.0.1.", "127.000.000.001", "0177.0.0.1", "2130706433", "017700000001", "0x7f000001", "0x7f.1", "0x7F.0.0.0x1",
		"0", "0x0", "0.0", "0x0.0", "localhost.", "LOCALHOST.", "[::1%25lo0]", "[::ffff:127.1]", "[::ffff:7f00:1]", "[0::1]", "127.0.0.1%00", "127。0。0。1",
		"①②⑦.0.0.1", "ⓛocalhost", "%6cocalhost", "127.0.0.1\\@east.test", "east.test@127.0.0.1",
	} {
		text := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\n" +
			"spec: {clusters: [{name: east}, {name: west, api: {server: 'https://" + host + ":6443'}}]}\n"
		doc, problems := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: []byte(text)})
		if len(problems) == 0 {
			problems = of("MESH006", rules.Check(rules.Input{Mesh: doc.Mesh, Graph: topology.New(doc.Mesh)}))
		}
		about := func(p mesh.Problem) bool { return p.Field == "spec.clusters[1].api.server" }
		if !slices.ContainsFunc(problems, about) {
			t.Errorf("nobody minds https://%s: %v", host, problems)
		}
	}
}
