package rules_test

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"

func istioCases() map[string][]ruleCase {
	cases := versionCases()
	cases["MESH007"] = []ruleCase{
		{
			name: "another domain",
			spec: `{clusters: [{name: a}, {name: b, trustDomain: b.test}]}`,
			want: []mesh.Problem{found("spec.clusters[1].trustDomain", "trust domain b.test of b is not an alias in the mesh, and a has another", "add it to spec.trust.domainAliases", "b")},
		},
		{
			name: "two domains beside the mesh's",
			spec: `{trust: {domain: shop.test}, clusters: [{name: b, trustDomain: b.test}, {name: a, trustDomain: a.test}]}`,
			want: []mesh.Problem{
				found("spec.clusters[0].trustDomain", "trust domain b.test of b is not an alias in the mesh, and a has another", "add it to spec.trust.domainAliases", "b"),
				found("spec.clusters[1].trustDomain", "trust domain a.test of a is not an alias in the mesh, and b has another", "add it to spec.trust.domainAliases", "a"),
			},
		},
		{
			name: "called only",
			spec: `{links: [{from: [b], to: [a]}], clusters: [{name: a}, {name: b, trustDomain: b.test}]}`,
			want: []mesh.Problem{found("spec.clusters[1].trustDomain", "trust domain b.test of b is not an alias in the mesh, and a has another", "add it to spec.trust.domainAliases", "b")},
		},
		{
			name: "calls only",
			spec: `{links: [{from: [a], to: [b]}], clusters: [{name: a}, {name: b, trustDomain: b.test}]}`,
			want: []mesh.Problem{found("spec.clusters[1].trustDomain", "trust domain b.test of b is not an alias in the mesh, and a has another", "add it to spec.trust.domainAliases", "b")},
		},
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
	return map[string][]ruleCase{"MESH008": {
		{
			name: "ambient",
			spec: `{istio: {dataPlane: ambient}, clusters: [{name: a}, {name: b, istio: {version: 1.26.9}}]}`,
			want: old("spec.clusters[1].istio.version", "Istio 1.26.9 of b has no ambient mesh across clusters, which begins with 1.27.0", "b", "b"),
		},
		{
			name: "numbers, not letters",
			spec: `{istio: {dataPlane: ambient}, clusters: [{name: a}, {name: b, istio: {version: 1.9.30}}]}`,
			want: old("spec.clusters[1].istio.version", "Istio 1.9.30 of b has no ambient mesh across clusters, which begins with 1.27.0", "b", "b"),
		},
		{
			name: "the control plane is another cluster's",
			spec: `{istio: {dataPlane: ambient}, clusters: [{name: a}, {name: b, controlPlane: a, istio: {version: 1.26.9}}]}`,
			want: old("spec.clusters[1].istio.version", "Istio 1.26.9 of b has no ambient mesh across clusters, which begins with 1.27.0", "a", "b"),
		},
		{
			name: "peering",
			spec: `{discovery: peering, istio: {distribution: solo, version: 1.24.2-solo}, clusters: [{name: a}, {name: b, istio: {version: 1.24.3}}]}`,
			want: old("spec.clusters[0].istio.version", "Istio 1.24.2-solo of a has no peering, which begins with 1.24.3", "a", "a"),
		},
		{
			name: "federated readers, on the side that reads",
			spec: `{links: [{from: [a], to: [b]}], clusters: [{name: a, istio: {version: 1.12.9}}, {name: b, istio: {version: 1.12.9}, reader: {auth: federated}}]}`,
			want: old("spec.clusters[0].istio.version", "Istio 1.12.9 of a has no token files in remote secrets, which begins with 1.13.0", "a", "a"),
		},
		{
			name: "two features",
			spec: `{istio: {dataPlane: ambient}, links: [{from: [a], to: [b, c]}], clusters: [{name: a, istio: {version: 1.12.9}}, {name: b, reader: {auth: federated}}, {name: c, reader: {auth: federated}}]}`,
			want: append(
				old("spec.clusters[0].istio.version", "Istio 1.12.9 of a has no ambient mesh across clusters, which begins with 1.27.0", "a", "a"),
				old("spec.clusters[0].istio.version", "Istio 1.12.9 of a has no token files in remote secrets, which begins with 1.13.0", "a", "a")...),
		},
		{name: "the first version", spec: `{istio: {dataPlane: ambient, version: 1.27.0}, clusters: [{name: a}, {name: b}]}`},
		{name: "a build of it", spec: `{istio: {dataPlane: ambient, version: 1.27.0-rc.1}, clusters: [{name: a}, {name: b}]}`},
		{name: "another build of it", spec: `{istio: {dataPlane: ambient, version: 1.27.0.-x}, clusters: [{name: a}, {name: b}]}`},
		{name: "a later one", spec: `{istio: {dataPlane: ambient, version: 2.0.0}, clusters: [{name: a}, {name: b}]}`},
		{name: "no version", spec: `{istio: {dataPlane: ambient}, clusters: [{name: a}, {name: b}]}`},
		{name: "sidecars", spec: `{istio: {version: 1.20.0}, clusters: [{name: a}, {name: b}]}`},
		{name: "ambient alone", spec: `{istio: {dataPlane: ambient, version: 1.26.0}, clusters: [{name: a}]}`},
		{name: "ambient without links", spec: `{links: [], istio: {dataPlane: ambient, version: 1.26.0}, clusters: [{name: a}, {name: b}]}`},
		{name: "peering with a version that has it", spec: `{discovery: peering, istio: {distribution: solo, version: 1.24.3, dataPlane: ambient}, clusters: [{name: a}, {name: b}]}`},
		{name: "federated with a version that has it", spec: `{istio: {version: 1.13.0}, reader: {auth: federated}, clusters: [{name: a}, {name: b}]}`},
		{name: "tokens", spec: `{istio: {version: 1.12.0}, clusters: [{name: a}, {name: b}]}`},
	}}
}
