package rules_test

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"

func networkCases() map[string][]ruleCase {
	lonely := func(field, name string) mesh.Problem {
		return found(field, "cluster "+name+" has no link to or from any other", "add one to spec.links, or remove the cluster", name)
	}
	unnamed := func(field, name string) mesh.Problem {
		return found(field, "cluster "+name+" sets no network, but other clusters do", "set network: to the name of its pods' network", name)
	}
	return map[string][]ruleCase{
		"MESH002": {
			{
				name: "forgotten",
				spec: `{links: [{between: [a, c]}], clusters: [{name: a}, {name: b}, {name: c}]}`,
				want: []mesh.Problem{lonely("spec.clusters[1]", "b")},
			},
			{
				name: "nobody calls anybody",
				spec: `{links: [], clusters: [{name: b}, {name: a}]}`,
				want: []mesh.Problem{lonely("spec.clusters[0]", "b"), lonely("spec.clusters[1]", "a")},
			},
			{name: "it serves", spec: `{links: [{from: [b], to: [c]}], clusters: [{name: a}, {name: b, controlPlane: a}, {name: c, controlPlane: a}]}`},
			{name: "it calls", spec: `{links: [{from: [a], to: [b]}], clusters: [{name: a}, {name: b}]}`},
			{name: "all linked", spec: `{clusters: [{name: a}, {name: b}]}`},
			{name: "alone", spec: `{clusters: [{name: a}]}`},
		},
		"MESH009": {
			{
				name: "one names it",
				spec: `{clusters: [{name: a}, {name: b, network: x}, {name: c}]}`,
				want: []mesh.Problem{unnamed("spec.clusters[0]", "a"), unnamed("spec.clusters[2]", "c")},
			},
			{name: "nobody names it", spec: `{clusters: [{name: a}, {name: b}]}`},
			{name: "everybody names it", spec: `{clusters: [{name: a, network: x}, {name: b, network: z}]}`},
		},
	}
}

func gatewayCases() map[string][]ruleCase {
	const peering = `{discovery: peering, istio: {distribution: solo}, links: [{from: [a], to: [b]}], clusters: [{name: a}, `
	missing := func(field, name, who string) mesh.Problem {
		return found(field, who+" reaches "+name+" through its east-west gateway, which has no address", "apply its gateway, then: kubectl mesh collect --cluster "+name+"; or set gateway: {addresses: [ADDRESS]}", name)
	}
	return map[string][]ruleCase{
		"MESH005": {
			{
				name: "a peer that is called",
				spec: peering + `{name: b}]}`,
				want: []mesh.Problem{missing("spec.clusters[1].gateway.addresses", "b", "a")},
			},
			{
				name: "a gateway without address",
				spec: peering + `{name: b, gateway: {service: NodePort}}]}`,
				want: []mesh.Problem{missing("spec.clusters[1].gateway.addresses", "b", "a")},
			},
			{
				name: "the first caller by name",
				spec: `{discovery: peering, istio: {distribution: solo}, links: [{from: ["*"], to: [x]}], clusters: [{name: x}, {name: c}, {name: b}]}`,
				want: []mesh.Problem{missing("spec.clusters[0].gateway.addresses", "x", "b")},
			},
			{
				name: "a primary with a remote",
				spec: `{links: [], clusters: [{name: r, controlPlane: p}, {name: p}]}`,
				want: []mesh.Problem{missing("spec.clusters[1].gateway.addresses", "p", "r")},
			},
			{
				name: "a peer Gateway that is asked for",
				spec: `{links: [{from: [a], to: [b]}], clusters: [{name: a, network: x}, {name: b, network: z, gateway: {peerGateway: true}}]}`,
				want: []mesh.Problem{missing("spec.clusters[1].gateway.addresses", "b", "a")},
			},
			{
				name: "the primary of a caller needs the peer Gateway",
				spec: `{links: [{from: [r], to: [b]}], clusters: [{name: b, network: z, gateway: {peerGateway: true}}, {name: r, controlPlane: p, network: x}, {name: p, network: x, gateway: {addresses: [192.0.2.1]}}]}`,
				want: []mesh.Problem{missing("spec.clusters[0].gateway.addresses", "b", "p")},
			},
			{name: "a peer Gateway that nobody needs", spec: `{clusters: [{name: a, network: x}, {name: b, network: x, gateway: {peerGateway: true}}]}`},
			{name: "it has an address", spec: peering + `{name: b, gateway: {addresses: [gw.test]}}]}`},
			{name: "a primary with an address", spec: `{clusters: [{name: r, controlPlane: p}, {name: p, gateway: {addresses: [192.0.2.1]}}]}`},
			{name: "other networks are discovered", spec: `{clusters: [{name: a, network: x}, {name: b, network: z}]}`},
		},
	}
}
