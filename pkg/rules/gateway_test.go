package rules_test

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"

// shapeCases are about what a gateway is for, and who deploys it.
func shapeCases() map[string][]ruleCase {
	return map[string][]ruleCase{
		"MESH018": ambientGatewayCases(), "MESH019": idleGatewayCases(), "MESH020": undeployedCases(),
		"MESH021": peerAddressCases(), "MESH027": nodePortCases(),
	}
}

func ambientGatewayCases() []ruleCase {
	const ambient = `istio: {dataPlane: ambient}`
	return []ruleCase{
		{
			name: "two called clusters of one network",
			spec: `{` + ambient + `, clusters: [{name: c, network: x}, {name: b, network: z}, {name: a, network: x}]}`,
			want: []mesh.Problem{found("spec.clusters[2].gateway", "network x would have 2 ambient gateways, in a, c: istiod uses one of them",
				"declare gateway in one cluster of the network only", "a", "c")},
		},
		{
			name: "two that declare one, in both networks",
			spec: `{` + ambient + `, clusters: [{name: a, network: x, gateway: {}}, {name: b, network: x, gateway: {}}, {name: c, network: z, gateway: {}}, ` +
				`{name: d, network: z, gateway: {}}, {name: e, network: x}]}`,
			want: []mesh.Problem{
				found("spec.clusters[0].gateway", "network x would have 2 ambient gateways, in a, b: istiod uses one of them",
					"declare gateway in one cluster of the network only", "a", "b"),
				found("spec.clusters[2].gateway", "network z would have 2 ambient gateways, in c, d: istiod uses one of them",
					"declare gateway in one cluster of the network only", "c", "d"),
			},
		},
		{
			name: "a caller is not linked with the cluster that has it",
			spec: `{` + ambient + `, links: [{from: [a], to: [c]}], clusters: [{name: a, network: x}, {name: b, network: z, gateway: {}}, {name: c, network: z}]}`,
			want: []mesh.Problem{found("spec.clusters[0]", "a calls network z, but is not linked with b, which has its gateway", "link a with b", "a", "b")},
		},
		{
			name: "two called clusters of one hidden network are one finding",
			spec: `{` + ambient + `, links: [{from: [a], to: [c, d]}], clusters: [{name: d, network: z}, {name: a, network: x}, {name: b, network: z, gateway: {}}, {name: c, network: z}]}`,
			want: []mesh.Problem{found("spec.clusters[1]", "a calls network z, but is not linked with b, which has its gateway", "link a with b", "a", "b")},
		},
		{name: "one declares it", spec: `{` + ambient + `, clusters: [{name: a, network: x}, {name: b, network: x, gateway: {}}, {name: c, network: z}]}`},
		{name: "a cluster a network", spec: `{` + ambient + `, clusters: [{name: a, network: x}, {name: b, network: z}]}`},
		{name: "one of two is called", spec: `{` + ambient + `, links: [{from: [a], to: [b]}], clusters: [{name: a, network: x}, {name: b, network: z}, {name: c, network: z}]}`},
		{name: "in one network", spec: `{` + ambient + `, clusters: [{name: a, network: x, gateway: {}}, {name: b, network: x, gateway: {}}]}`},
		{name: "no networks", spec: `{` + ambient + `, clusters: [{name: a}, {name: b}]}`},
		{name: "sidecars: each has its own", spec: `{clusters: [{name: a, network: x}, {name: b, network: x}, {name: c, network: z}]}`},
		{
			name: "sidecars beside the one of an ambient network",
			spec: `{clusters: [{name: a, network: x, istio: {dataPlane: ambient}}, {name: b, network: x}, {name: c, network: z}]}`,
		},
		{
			name: "peering: each has its own",
			spec: `{discovery: peering, istio: {distribution: solo, dataPlane: ambient}, clusters: [{name: a, network: x}, {name: b, network: x}, {name: c, network: z}]}`,
		},
		{
			name: "a second one, of which a peer Gateway tells",
			spec: `{` + ambient + `, links: [{from: [a], to: [c]}], clusters: [{name: a, network: x}, {name: b, network: z, gateway: {}}, ` +
				`{name: c, network: z, gateway: {peerGateway: true, addresses: [192.0.2.1]}}]}`,
			want: []mesh.Problem{found("spec.clusters[1].gateway", "network z would have 2 ambient gateways, in b, c: istiod uses one of them",
				"declare gateway in one cluster of the network only", "b", "c")},
		},
		{
			name: "the peer Gateway of a sidecar cluster leads to no ambient one",
			spec: `{` + ambient + `, links: [{from: [a], to: [c, s]}], clusters: [{name: a, network: x}, {name: b, network: z, gateway: {}}, {name: c, network: z}, ` +
				`{name: s, network: z, istio: {dataPlane: sidecar}, gateway: {peerGateway: true, addresses: [192.0.2.1]}}]}`,
			want: []mesh.Problem{found("spec.clusters[0]", "a calls network z, but is not linked with b, which has its gateway", "link a with b", "a", "b")},
		},
		{
			name: "a sidecar cluster has a gateway of its own",
			spec: `{` + ambient + `, links: [{from: [a], to: [s]}, {from: [e], to: [b]}], clusters: [{name: a, network: x}, {name: e, network: x}, {name: b, network: z}, ` +
				`{name: s, network: z, istio: {dataPlane: sidecar}}]}`,
		},
		{
			name: "the neighbour of a cluster that the caller serves",
			spec: `{` + ambient + `, links: [{from: [r], to: [t]}], clusters: [{name: p, network: x}, {name: r, network: z, controlPlane: p}, {name: t, network: z}]}`,
		},
		{
			name: "a sidecar caller goes another way",
			spec: `{links: [{from: [a], to: [c]}], clusters: [{name: a, network: x}, {name: b, network: z, istio: {dataPlane: ambient}, gateway: {}}, ` +
				`{name: c, network: z, istio: {dataPlane: ambient}}]}`,
		},
	}
}

func idleGatewayCases() []ruleCase {
	idle := func(field, name string) []mesh.Problem {
		return []mesh.Problem{found(field, "no cluster calls "+name+" from another network: its gateway is not rendered",
			"remove gateway, or set another network for the cluster", name)}
	}
	uncalled := func(name string) []mesh.Problem {
		return []mesh.Problem{found("spec.clusters[0].gateway", "no cluster calls "+name+": its gateway is not rendered",
			"remove gateway, or add the missing link", name)}
	}
	return []ruleCase{
		{
			name: "in one network",
			spec: `{clusters: [{name: a, network: x}, {name: b, network: x, gateway: {}}]}`,
			want: idle("spec.clusters[1].gateway", "b"),
		},
		{
			name: "no networks",
			spec: `{clusters: [{name: a}, {name: b, gateway: {addresses: [192.0.2.1]}}]}`,
			want: idle("spec.clusters[1].gateway", "b"),
		},
		{
			name: "it calls, and nobody calls it",
			spec: `{links: [{from: [a], to: [b]}], clusters: [{name: a, network: x, gateway: {}}, {name: b, network: z, gateway: {}}]}`,
			want: uncalled("a"),
		},
		{
			name: "a peer that nobody calls",
			spec: `{discovery: peering, istio: {distribution: solo}, links: [{from: [a], to: [b]}], clusters: [{name: a, network: x, gateway: {}}, {name: b, network: x, gateway: {addresses: [192.0.2.1]}}]}`,
			want: uncalled("a"),
		},
		{
			name: "a fleet has none",
			spec: `{discovery: fleet, istio: {distribution: csm}, clusters: [{name: a, network: x, gateway: {}}, {name: b, network: z}]}`,
			want: []mesh.Problem{found("spec.clusters[0].gateway", "a fleet has no gateways between its clusters: that of a is not rendered", "remove gateway", "a")},
		},
		{
			name: "a remote leads to no istiod",
			spec: `{links: [], clusters: [{name: p, gateway: {addresses: [192.0.2.1]}}, {name: r, controlPlane: p, gateway: {}}]}`,
			want: []mesh.Problem{found("spec.clusters[1].gateway", "no cluster calls r: its gateway is not rendered", "remove gateway, or add the missing link", "r")},
		},
		{name: "called from another network", spec: `{clusters: [{name: a, network: x, gateway: {}}, {name: b, network: z, gateway: {}}]}`},
		{name: "peers of one network meet there", spec: `{discovery: peering, istio: {distribution: solo}, clusters: [{name: a, network: x, gateway: {}}, {name: b, network: x, gateway: {}}]}`},
		{name: "a primary opens istiod", spec: `{links: [], clusters: [{name: p, gateway: {}}, {name: r, controlPlane: p}]}`},
		{name: "the gateway of an ambient network, for its neighbour", spec: `{istio: {dataPlane: ambient}, links: [{from: [c], to: [a, b]}], clusters: [{name: a, network: x}, {name: b, network: x, gateway: {}}, {name: c, network: z}]}`},
		{name: "none is declared", spec: `{clusters: [{name: a}, {name: b}]}`},
	}
}

func undeployedCases() []ruleCase {
	wrong := func(field, message, api, name string) []mesh.Problem {
		return []mesh.Problem{found(field+".gateway.api", message, "set api: "+api, name)}
	}
	return []ruleCase{
		{
			name: "peers meet at Solo's",
			spec: `{discovery: peering, istio: {distribution: solo}, links: [{from: [a], to: [b]}], clusters: [{name: a, gateway: {api: istio}}, {name: b, gateway: {api: istio}}]}`,
			want: wrong("spec.clusters[1]", "peers of b connect to a gateway of class istio-eastwest, not to one of networking.istio.io", "gateway-api", "b"),
		},
		{
			name: "ambient",
			spec: `{istio: {dataPlane: ambient}, links: [{from: [a], to: [b]}], clusters: [{name: a, network: x}, {name: b, network: z, gateway: {api: istio}}]}`,
			want: wrong("spec.clusters[1]", "a gateway of networking.istio.io accepts no ambient traffic for b", "gateway-api", "b"),
		},
		{
			name: "a remote",
			spec: `{links: [{from: [p], to: [r]}], clusters: [{name: p, network: x}, {name: r, network: z, controlPlane: p, gateway: {api: gateway-api}}]}`,
			want: wrong("spec.clusters[1]", "no control plane in r deploys its gateway: p serves it", "istio", "r"),
		},
		{
			name: "managed, and nothing is said of its gateway",
			spec: `{istio: {distribution: csm, managed: true}, links: [{from: [a], to: [b]}], clusters: [{name: a, network: x}, {name: b, network: z}]}`,
			want: wrong("spec.clusters[1]", "b's managed control plane deploys no gateways of Istio's classes", "istio", "b"),
		},
		{
			name: "Google's istiod of a version that refuses TLS listeners",
			spec: `{istio: {distribution: csm, version: 1.26.2}, links: [{from: [a], to: [b]}], clusters: [{name: a, network: x}, {name: b, network: z}]}`,
			want: wrong("spec.clusters[1]", "Google's istiod 1.26.2 in b rejects listeners of protocol TLS", "istio", "b"),
		},
		{name: "Google's istiod that takes them", spec: `{istio: {distribution: csm, version: 1.30.0}, clusters: [{name: a, network: x}, {name: b, network: z}]}`},
		{
			name: "the ingress gateway",
			spec: `{links: [{from: [a], to: [b]}], clusters: [{name: a, network: x}, {name: b, network: z, gateway: {workload: ingressgateway}}]}`,
			want: wrong("spec.clusters[1]", "the ingress gateway of b is installed with Helm", "istio", "b"),
		},
		{
			name: "a primary that opens istiod alone",
			spec: `{links: [], clusters: [{name: p, gateway: {workload: ingressgateway}}, {name: r, controlPlane: p}]}`,
			want: wrong("spec.clusters[0]", "the ingress gateway of p is installed with Helm", "istio", "p"),
		},
		{name: "nobody needs it", spec: `{links: [], clusters: [{name: a, network: x, gateway: {workload: ingressgateway}}, {name: b, network: z}]}`},
		{name: "sidecars, with either", spec: `{clusters: [{name: a, network: x, gateway: {api: istio}}, {name: b, network: z, gateway: {api: gateway-api}}]}`},
		{name: "the ingress gateway of Helm", spec: `{clusters: [{name: a, network: x, gateway: {api: istio, workload: ingressgateway}}, {name: b, network: z}]}`},
		{name: "a remote, by default", spec: `{clusters: [{name: p, network: x}, {name: r, network: z, controlPlane: p}]}`},
		{name: "managed with Helm's", spec: `{istio: {distribution: csm, managed: true}, links: [{from: [a], to: [b]}], clusters: [{name: a, network: x}, {name: b, network: z, gateway: {api: istio}}]}`},
		{name: "managed, in one network", spec: `{istio: {distribution: csm, managed: true}, clusters: [{name: a, network: x}, {name: b, network: x}]}`},
		{name: "peers and ambient, by default", spec: `{discovery: peering, istio: {distribution: solo, dataPlane: ambient}, clusters: [{name: a}, {name: b, gateway: {}}]}`},
	}
}

func peerAddressCases() []ruleCase {
	const peering = `{discovery: peering, istio: {distribution: solo}, links: [{from: [a], to: [b]}], clusters: `
	return []ruleCase{
		{
			name: "three",
			spec: peering + `[{name: a}, {name: b, gateway: {addresses: [192.0.2.1, gw.test, "2001:db8::1"]}}]}`,
			want: []mesh.Problem{found("spec.clusters[1].gateway.addresses", "b has 3 addresses: a peer Gateway accepts one", "set one of them, or a host name for all", "b")},
		},
		{name: "one", spec: peering + `[{name: a}, {name: b, gateway: {addresses: [192.0.2.1]}}]}`},
		{name: "none yet", spec: peering + `[{name: a}, {name: b, gateway: {}}]}`},
		{name: "of a cluster that nobody calls", spec: peering + `[{name: a, gateway: {addresses: [192.0.2.1, 192.0.2.2]}}, {name: b}]}`},
		{
			name: "a peer Gateway without peering takes them all",
			spec: `{clusters: [{name: a, network: x}, {name: b, network: z, gateway: {peerGateway: true, addresses: [192.0.2.1, 192.0.2.2]}}]}`,
		},
	}
}

func nodePortCases() []ruleCase {
	const ambient = `{istio: {dataPlane: ambient}, links: [{from: [a], to: [b]}], clusters: [{name: a, network: x, gateway: {service: NodePort}}, `
	return []ruleCase{
		{
			name: "ambient",
			spec: ambient + `{name: b, network: z, gateway: {service: NodePort}}]}`,
			want: []mesh.Problem{found("spec.clusters[1].gateway.service", "ambient callers do not learn the node port of b",
				"set service: LoadBalancer, or peerGateway: true with an address that is forwarded to the node port", "b")},
		},
		{
			name: "remotes know one address and two ports",
			spec: `{links: [], clusters: [{name: p, gateway: {service: NodePort, addresses: [192.0.2.1]}}, {name: r, controlPlane: p}]}`,
			want: []mesh.Problem{found("spec.clusters[0].gateway.service", "r connects to istiod at ports 15012 and 15017 of p, not at node ports",
				"set service: LoadBalancer, or waive the finding if these ports are forwarded to the node ports", "p")},
		},
		{name: "a peer Gateway says where", spec: ambient + `{name: b, network: z, gateway: {service: NodePort, peerGateway: true, addresses: [192.0.2.1]}}]}`},
		{name: "a load balancer", spec: ambient + `{name: b, network: z, gateway: {}}]}`},
		{name: "in one network", spec: ambient + `{name: b, network: x, gateway: {service: NodePort}}]}`},
		{name: "sidecars", spec: `{clusters: [{name: a, network: x, gateway: {service: NodePort}}, {name: b, network: z, gateway: {service: NodePort}}]}`},
		{
			name: "Solo's find it",
			spec: `{discovery: peering, istio: {distribution: solo, dataPlane: ambient}, clusters: [{name: a, network: x, gateway: {service: NodePort}}, {name: b, network: z}]}`,
		},
	}
}
