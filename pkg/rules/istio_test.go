package rules_test

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"

func istioCases() map[string][]ruleCase {
	cases := versionCases()
	cases["MESH007"] = []ruleCase{
		{
			name: "another domain",
			spec: `{clusters: [{name: a}, {name: b, trustDomain: b.test}]}`,
			want: []mesh.Problem{found("spec.clusters[1].trustDomain", "trust domain b.test of b is not an alias in the mesh, and a has another domain", "add it to spec.trust.domainAliases", "b")},
		},
		{
			name: "two domains beside the mesh's",
			spec: `{trust: {domain: shop.test}, clusters: [{name: b, trustDomain: b.test}, {name: a, trustDomain: a.test}]}`,
			want: []mesh.Problem{
				found("spec.clusters[0].trustDomain", "trust domain b.test of b is not an alias in the mesh, and a has another domain", "add it to spec.trust.domainAliases", "b"),
				found("spec.clusters[1].trustDomain", "trust domain a.test of a is not an alias in the mesh, and b has another domain", "add it to spec.trust.domainAliases", "a"),
			},
		},
		{
			name: "called only",
			spec: `{links: [{from: [b], to: [a]}], clusters: [{name: a}, {name: b, trustDomain: b.test}]}`,
			want: []mesh.Problem{found("spec.clusters[1].trustDomain", "trust domain b.test of b is not an alias in the mesh, and a has another domain", "add it to spec.trust.domainAliases", "b")},
		},
		{
			name: "calls only",
			spec: `{links: [{from: [a], to: [b]}], clusters: [{name: a}, {name: b, trustDomain: b.test}]}`,
			want: []mesh.Problem{found("spec.clusters[1].trustDomain", "trust domain b.test of b is not an alias in the mesh, and a has another domain", "add it to spec.trust.domainAliases", "b")},
		},
		{
			name: "ztunnel knows no aliases",
			spec: `{istio: {dataPlane: ambient}, trust: {domainAliases: [b.test]}, clusters: [{name: a}, {name: b, trustDomain: b.test}]}`,
			want: []mesh.Problem{
				found("spec.clusters[0].trustDomain", "a's ztunnel accepts only trust domain cluster.local, but b, which calls it, has b.test", "use one trust domain for ambient clusters", "a", "b"),
				found("spec.clusters[1].trustDomain", "b's ztunnel accepts only trust domain b.test, but a, which calls it, has cluster.local", "use one trust domain for ambient clusters", "b", "a"),
			},
		},
		{name: "one ambient cluster calls sidecars", spec: `{trust: {domainAliases: [b.test]}, links: [{from: [a], to: [b]}], clusters: [{name: a, istio: {dataPlane: ambient}}, {name: b, trustDomain: b.test}]}`},
		{name: "an alias", spec: `{trust: {domainAliases: [x.test, b.test]}, clusters: [{name: a}, {name: b, trustDomain: b.test}]}`},
		{name: "the same domain", spec: `{clusters: [{name: a, trustDomain: b.test}, {name: b, trustDomain: b.test}]}`},
		{name: "the domain of the mesh", spec: `{trust: {domain: b.test}, clusters: [{name: a}, {name: b, trustDomain: b.test}]}`},
		{name: "not linked", spec: `{links: [], clusters: [{name: a}, {name: b, trustDomain: b.test}]}`},
		{name: "peering", spec: `{discovery: peering, istio: {distribution: solo}, clusters: [{name: a}, {name: b, trustDomain: b.test}]}`},
	}
	return cases
}

func versionCases() map[string][]ruleCase {
	old := func(field, message, plane string, clusters ...string) []mesh.Problem {
		return []mesh.Problem{found(field, message, "upgrade the control plane of "+plane, clusters...)}
	}
	istiod := func(version, name string) mesh.Problem {
		return found("spec.clusters[0].istio.version", "Istio "+version+" in "+name+" has no TLSRoute to istiod for remote clusters, which requires 1.30.0 or later",
			"set gateway: {api: istio}, or upgrade the control plane of "+name, name)
	}
	return map[string][]ruleCase{"MESH008": {
		{
			name: "peering at node ports, on both sides",
			spec: `{discovery: peering, istio: {distribution: solo, version: 1.27.9-solo}, links: [{from: [c, b], to: [a]}], ` +
				`clusters: [{name: c, network: x, istio: {version: 1.28.0-solo}}, {name: b, network: x}, {name: a, network: z, gateway: {service: NodePort}}]}`,
			want: append(
				old("spec.clusters[1].istio.version", "Istio 1.27.9-solo in b has no peering at node ports, which requires 1.28.0 or later", "b", "b"),
				old("spec.clusters[2].istio.version", "Istio 1.27.9-solo in a has no peering at node ports, which requires 1.28.0 or later", "a", "a")...),
		},
		{
			name: "older than peering itself",
			spec: `{discovery: peering, istio: {distribution: solo}, links: [{from: [b], to: [a]}], clusters: [{name: b, network: x}, {name: a, network: z, istio: {version: 1.24.2}, gateway: {service: NodePort}}]}`,
			want: append(
				old("spec.clusters[1].istio.version", "Istio 1.24.2 in a has no peering, which requires 1.24.3 or later", "a", "a"),
				old("spec.clusters[1].istio.version", "Istio 1.24.2 in a has no peering at node ports, which requires 1.28.0 or later", "a", "a")...),
		},
		{
			name: "a primary in the network of its remote",
			spec: `{links: [], istio: {version: 1.29.6}, clusters: [{name: p}, {name: r, controlPlane: p}]}`,
			want: []mesh.Problem{istiod("1.29.6", "p")},
		},
		{
			name: "a primary that other networks call too",
			spec: `{istio: {version: 1.24.3}, clusters: [{name: p, network: x}, {name: r, network: z, controlPlane: p}]}`,
			want: []mesh.Problem{istiod("1.24.3", "p")},
		},
		{name: "node ports in one network are not used", spec: `{discovery: peering, istio: {distribution: solo, version: 1.27.9-solo}, clusters: [{name: a, network: x, gateway: {service: NodePort}}, {name: b, network: x, gateway: {service: NodePort}}]}`},
		{name: "node ports of the version that has them", spec: `{discovery: peering, istio: {distribution: solo, version: 1.28.0-solo}, clusters: [{name: a, network: x, gateway: {service: NodePort}}, {name: b, network: z}]}`},
		{name: "node ports that nobody calls", spec: `{discovery: peering, istio: {distribution: solo, version: 1.27.9-solo}, links: [{from: [a], to: [b]}], clusters: [{name: a, network: x, gateway: {service: NodePort}}, {name: b, network: z}]}`},
		{name: "node ports without peering", spec: `{istio: {version: 1.24.0}, clusters: [{name: a, network: x, gateway: {service: NodePort}}, {name: b, network: z}]}`},
		{name: "the version with TLSRoutes", spec: `{istio: {version: 1.30.0}, clusters: [{name: p, network: x}, {name: r, network: z, controlPlane: p}]}`},
		{name: "routes of Istio", spec: `{istio: {version: 1.29.6}, clusters: [{name: p, network: x, gateway: {api: istio}}, {name: r, network: z, controlPlane: p}]}`},
		{name: "only the primary's version counts", spec: `{clusters: [{name: p, network: x}, {name: r, network: z, controlPlane: p, istio: {version: 1.24.0}}]}`},
		{
			name: "ambient",
			spec: `{istio: {dataPlane: ambient}, clusters: [{name: a}, {name: b, istio: {version: 1.26.9}}]}`,
			want: old("spec.clusters[1].istio.version", "Istio 1.26.9 in b has no ambient mesh across clusters, which requires 1.27.0 or later", "b", "b"),
		},
		{
			name: "numbers, not letters",
			spec: `{istio: {dataPlane: ambient}, clusters: [{name: a}, {name: b, istio: {version: 1.9.30}}]}`,
			want: old("spec.clusters[1].istio.version", "Istio 1.9.30 in b has no ambient mesh across clusters, which requires 1.27.0 or later", "b", "b"),
		},
		{
			name: "the control plane is another cluster's",
			spec: `{istio: {dataPlane: ambient}, clusters: [{name: a}, {name: b, controlPlane: a, istio: {version: 1.26.9}}]}`,
			want: old("spec.clusters[1].istio.version", "Istio 1.26.9 in b has no ambient mesh across clusters, which requires 1.27.0 or later", "a", "b"),
		},
		{
			name: "peering",
			spec: `{discovery: peering, istio: {distribution: solo, version: 1.24.2-solo}, clusters: [{name: a}, {name: b, istio: {version: 1.24.3}}]}`,
			want: old("spec.clusters[0].istio.version", "Istio 1.24.2-solo in a has no peering, which requires 1.24.3 or later", "a", "a"),
		},
		{
			name: "federated readers, on the side that reads",
			spec: `{links: [{from: [a], to: [b]}], clusters: [{name: a, istio: {version: 1.12.9}}, {name: b, istio: {version: 1.12.9}, reader: {auth: federated}}]}`,
			want: old("spec.clusters[0].istio.version", "Istio 1.12.9 in a has no token files in remote secrets, which requires 1.13.0 or later", "a", "a"),
		},
		{
			name: "two features",
			spec: `{istio: {dataPlane: ambient}, links: [{from: [a], to: [b, c]}], clusters: [{name: a, istio: {version: 1.12.9}}, {name: b, reader: {auth: federated}}, {name: c, reader: {auth: federated}}]}`,
			want: append(
				old("spec.clusters[0].istio.version", "Istio 1.12.9 in a has no ambient mesh across clusters, which requires 1.27.0 or later", "a", "a"),
				old("spec.clusters[0].istio.version", "Istio 1.12.9 in a has no token files in remote secrets, which requires 1.13.0 or later", "a", "a")...),
		},
		{
			name: "gateways of Gateway API v1",
			spec: `{istio: {version: 1.11.4}, links: [{from: [a], to: [b]}], clusters: [{name: a, network: x}, {name: b, network: z}]}`,
			want: old("spec.clusters[1].istio.version", "Istio 1.11.4 in b has no Gateway of gateway.networking.k8s.io/v1, which requires 1.20.0 or later", "b", "b"),
		},
		{
			name: "gateways of Istio v1, of a control plane and of what it serves",
			spec: `{istio: {version: 1.21.6}, links: [{from: [b], to: [a]}], clusters: [{name: a, network: x, gateway: {api: istio}}, {name: b, network: z}]}`,
			want: old("spec.clusters[0].istio.version", "Istio 1.21.6 in a has no Gateway of networking.istio.io/v1, which requires 1.22.0 or later", "a", "a"),
		},
		{
			name: "peer Gateways without peering",
			spec: `{istio: {version: 1.22.0}, links: [{from: [a], to: [b]}], clusters: [{name: a, network: x}, {name: b, network: z, gateway: {addresses: [203.0.113.2], peerGateway: true}}]}`,
			want: old("spec.clusters[0].istio.version",
				"Istio 1.22.0 in a has no discovery of gateways by Gateway objects of class istio-remote, which requires 1.23.0 or later", "a", "a"),
		},
		{
			name: "charts for a cluster without a control plane",
			spec: `{clusters: [{name: p}, {name: r, controlPlane: p, istio: {version: 1.23.5}}]}`,
			want: old("spec.clusters[1].istio.version", "Istio 1.23.5 in r has no profile remote in chart istiod, which requires 1.24.0 or later", "p", "r"),
		},
		{
			name: "charts that mount no tokens",
			spec: `{istio: {version: 1.18.0}, links: [{from: [a], to: [b]}], clusters: [{name: a}, {name: b, reader: {auth: federated}}]}`,
			want: old("spec.clusters[0].istio.version", "Istio 1.18.0 in a has no volumes in chart istiod, which requires 1.19.0 or later", "a", "a"),
		},
		{name: "Google's installer mounts them", spec: `{istio: {distribution: csm, version: 1.18.0}, links: [{from: [a], to: [b]}], clusters: [{name: a}, {name: b, reader: {auth: federated}}]}`},
		{name: "no gateway, no version of it", spec: `{istio: {version: 1.11.4}, clusters: [{name: a}, {name: b}]}`},
		{name: "a gateway of the first version", spec: `{istio: {version: 1.23.0}, clusters: [{name: a, network: x}, {name: b, network: z, gateway: {addresses: [203.0.113.2], peerGateway: true}}]}`},
		{name: "a gateway of Istio of the first version", spec: `{istio: {version: 1.22.0}, clusters: [{name: a, network: x, gateway: {api: istio}}, {name: b, network: z}]}`},
		{name: "the first version", spec: `{istio: {dataPlane: ambient, version: 1.27.0}, clusters: [{name: a}, {name: b}]}`},
		{name: "a build of it", spec: `{istio: {dataPlane: ambient, version: 1.27.0-rc.1}, clusters: [{name: a}, {name: b}]}`},
		{name: "another build of it", spec: `{istio: {dataPlane: ambient, version: 1.27.0.-x}, clusters: [{name: a}, {name: b}]}`},
		{name: "a later one", spec: `{istio: {dataPlane: ambient, version: 2.0.0}, clusters: [{name: a}, {name: b}]}`},
		{name: "no version", spec: `{istio: {dataPlane: ambient}, clusters: [{name: a}, {name: b}]}`},
		{name: "sidecars", spec: `{istio: {version: 1.20.0}, clusters: [{name: a}, {name: b}]}`},
		{name: "ambient alone", spec: `{istio: {dataPlane: ambient, version: 1.26.0}, clusters: [{name: a}]}`},
		{name: "ambient without links", spec: `{links: [], istio: {dataPlane: ambient, version: 1.26.0}, clusters: [{name: a}, {name: b}]}`},
		{name: "peering with a version that has it", spec: `{discovery: peering, istio: {distribution: solo, version: 1.24.3, dataPlane: ambient}, clusters: [{name: a}, {name: b}]}`},
		{name: "federated with a version that has it", spec: `{istio: {version: 1.19.0}, reader: {auth: federated}, clusters: [{name: a}, {name: b}]}`},
		{name: "tokens", spec: `{istio: {version: 1.12.0}, clusters: [{name: a}, {name: b}]}`},
	}}
}
