package rules_test

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

// topologyCases are about clusters that do not go together.
func topologyCases() map[string][]ruleCase {
	return map[string][]ruleCase{
		"MESH022": peeringNetworkCases(), "MESH023": remoteCases(), "MESH024": dataPlaneCases(),
		"MESH025": soloCases(), "MESH026": fleetCases(), "MESH035": namespaceCases(),
	}
}

func peeringNetworkCases() []ruleCase {
	unnamed := func(field, name string) mesh.Problem {
		return found(field, "cluster "+name+": no network is set; peering requires one",
			"write network: "+name+", or the network of clusters that its pods reach directly", name)
	}
	const peering = `{discovery: peering, istio: {distribution: solo}, `
	return []ruleCase{
		{
			name: "nobody names it",
			spec: peering + `links: [{from: [b], to: [a]}], clusters: [{name: b}, {name: a}]}`,
			want: []mesh.Problem{unnamed("spec.clusters[0]", "b"), unnamed("spec.clusters[1]", "a")},
		},
		{
			name: "one does not",
			spec: peering + `clusters: [{name: a, network: x}, {name: b}]}`,
			want: []mesh.Problem{unnamed("spec.clusters[1]", "b")},
		},
		{name: "each has its own", spec: peering + `clusters: [{name: a, network: x}, {name: b, network: z}]}`},
		{name: "one for all", spec: peering + `clusters: [{name: a, network: x}, {name: b, network: x}]}`},
		{name: "it has no peer", spec: peering + `links: [{between: [a, b]}], clusters: [{name: a, network: x}, {name: b, network: x}, {name: c}]}`},
		{name: "alone", spec: peering + `clusters: [{name: a}]}`},
		{name: "remote secrets", spec: `{istio: {distribution: solo}, clusters: [{name: a}, {name: b}]}`},
	}
}

func remoteCases() []ruleCase {
	unserved := func(field, why string) []mesh.Problem {
		return []mesh.Problem{found("spec.clusters[1]."+field, "p cannot serve r: "+why,
			"remove controlPlane, or use the values of p", "r")}
	}
	return []ruleCase{
		{
			name: "peering",
			spec: `{discovery: peering, istio: {distribution: solo}, clusters: [{name: p}, {name: r, controlPlane: p}]}`,
			want: unserved("controlPlane", "with discovery peering every cluster has a control plane"),
		},
		{
			name: "fleet",
			spec: `{discovery: fleet, istio: {distribution: csm}, clusters: [{name: p}, {name: r, controlPlane: p}]}`,
			want: unserved("controlPlane", "with discovery fleet every cluster has a control plane"),
		},
		{
			name: "an ambient remote",
			spec: `{clusters: [{name: p}, {name: r, controlPlane: p, istio: {dataPlane: ambient}}]}`,
			want: unserved("istio.dataPlane", "ambient clusters have control planes of their own"),
		},
		{
			name: "an ambient primary",
			spec: `{clusters: [{name: p, istio: {dataPlane: ambient}}, {name: r, controlPlane: p}]}`,
			want: unserved("istio.dataPlane", "ambient clusters have control planes of their own"),
		},
		{
			name: "a trust domain that nobody signs for",
			spec: `{trust: {domainAliases: [r.test]}, clusters: [{name: p}, {name: r, controlPlane: p, trustDomain: r.test}]}`,
			want: unserved("trustDomain", "it signs for trust domain cluster.local"),
		},
		{
			name: "a managed primary",
			spec: `{istio: {distribution: csm}, clusters: [{name: p, istio: {managed: true}}, {name: r, controlPlane: p}]}`,
			want: unserved("controlPlane", "Google's control plane serves its own cluster"),
		},
		{
			name: "another namespace",
			spec: `{clusters: [{name: p}, {name: r, controlPlane: p, istio: {namespace: mesh}}]}`,
			want: unserved("istio.namespace", "its Istio is in namespace istio-system, not in mesh"),
		},
		{
			name: "no revision",
			spec: `{clusters: [{name: p, istio: {revision: canary}}, {name: r, controlPlane: p}]}`,
			want: unserved("istio.revision", `its revision is "canary", not ""`),
		},
		{
			name: "two remotes of two primaries",
			spec: `{clusters: [{name: s, controlPlane: q, istio: {revision: x}}, {name: r, controlPlane: p, istio: {namespace: mesh}}, {name: q}, {name: p}]}`,
			want: append([]mesh.Problem{found("spec.clusters[0].istio.revision", `q cannot serve s: its revision is "", not "x"`,
				"remove controlPlane, or use the values of q", "s")},
				unserved("istio.namespace", "its Istio is in namespace istio-system, not in mesh")...),
		},
		{name: "they agree", spec: `{istio: {revision: canary, namespace: mesh}, clusters: [{name: p}, {name: r, controlPlane: p}]}`},
		{name: "versions may differ", spec: `{istio: {version: 1.30.2}, clusters: [{name: p}, {name: r, controlPlane: p, istio: {version: 1.29.0}}]}`},
		{name: "primaries need not agree", spec: `{clusters: [{name: p}, {name: q, controlPlane: q, istio: {dataPlane: ambient, namespace: mesh, revision: x}}]}`},
		{name: "managed by itself", spec: `{istio: {distribution: csm, managed: true}, clusters: [{name: p}, {name: q}]}`},
	}
}

func dataPlaneCases() []ruleCase {
	differ := func(field, caller, called string) mesh.Problem {
		return found(field+".istio.dataPlane", caller+" calls "+called+" in another network, but their data planes differ",
			"use the same data plane for both, or test each direction", caller)
	}
	return []ruleCase{
		{
			name: "both ways",
			spec: `{clusters: [{name: b, network: x}, {name: a, network: z, istio: {dataPlane: ambient}}]}`,
			want: []mesh.Problem{differ("spec.clusters[0]", "b", "a"), differ("spec.clusters[1]", "a", "b")},
		},
		{
			name: "one way, said of the caller",
			spec: `{links: [{from: [a], to: [b]}], clusters: [{name: b, network: x}, {name: a, network: z, istio: {dataPlane: ambient}}]}`,
			want: []mesh.Problem{differ("spec.clusters[1]", "a", "b")},
		},
		{
			name: "the first of two by name",
			spec: `{links: [{from: [a], to: [c, b]}], clusters: [{name: c, network: x}, {name: b, network: x}, {name: a, network: z, istio: {dataPlane: ambient}}]}`,
			want: []mesh.Problem{differ("spec.clusters[2]", "a", "b")},
		},
		{name: "in one network", spec: `{clusters: [{name: a, network: x}, {name: b, network: x, istio: {dataPlane: ambient}}]}`},
		{name: "no networks", spec: `{clusters: [{name: a}, {name: b, istio: {dataPlane: ambient}}]}`},
		{name: "not linked", spec: `{links: [], clusters: [{name: a, network: x}, {name: b, network: z, istio: {dataPlane: ambient}}]}`},
		{name: "all ambient", spec: `{istio: {dataPlane: ambient}, clusters: [{name: a, network: x}, {name: b, network: z}]}`},
		{
			name: "peers have one gateway for both",
			spec: `{discovery: peering, istio: {distribution: solo}, clusters: [{name: a, network: x}, {name: b, network: z, istio: {dataPlane: ambient}}]}`,
		},
	}
}

func soloCases() []ruleCase {
	missing := func(i, name, field string) mesh.Problem {
		return found("spec.clusters["+i+"].istio."+field, "the values for "+name+" have no "+field, "set it in spec.istio, for all clusters", name)
	}
	const licence = `licenseSecretRef: {name: solo-license}`
	return []ruleCase{
		{
			name: "nothing is said",
			spec: `{istio: {distribution: solo}, clusters: [{name: b}, {name: a}]}`,
			want: []mesh.Problem{missing("0", "b", "version"), missing("0", "b", "licenseSecretRef"), missing("1", "a", "version"), missing("1", "a", "licenseSecretRef")},
		},
		{
			name: "the last version with a registry of its own",
			spec: `{istio: {distribution: solo, version: 1.28.9-solo, ` + licence + `}, clusters: [{name: a}]}`,
			want: []mesh.Problem{missing("0", "a", "hub")},
		},
		{
			name: "one cluster of solo",
			spec: `{clusters: [{name: a}, {name: b, istio: {distribution: solo, version: 1.29.0-solo}}]}`,
			want: []mesh.Problem{missing("1", "b", "licenseSecretRef")},
		},
		{name: "the public registry", spec: `{istio: {distribution: solo, version: 1.29.0-solo, ` + licence + `}, clusters: [{name: a}]}`},
		{name: "an older version with its registry", spec: `{istio: {distribution: solo, version: 1.28.9-solo, hub: registry.test/x, ` + licence + `}, clusters: [{name: a}]}`},
		{name: "said of the cluster", spec: `{istio: {distribution: solo}, clusters: [{name: a, istio: {version: 1.30.2-solo, ` + licence + `}}]}`},
		{name: "Istio", spec: `{clusters: [{name: a}]}`},
	}
}

func fleetCases() []ruleCase {
	const fleet = `{discovery: fleet, istio: {distribution: csm}, clusters: `
	unmanaged := func(field, name string) mesh.Problem {
		return found(field+".istio.managed", "the control plane of "+name+" is not managed, so it discovers no fleet", "set managed: true, or discovery: remoteSecret", name)
	}
	apart := func(field, first, name string) mesh.Problem {
		return found(field+".network", first+" and "+name+" of the fleet are in different networks",
			"a fleet has one network: set the same name, or discovery: remoteSecret", name)
	}
	return []ruleCase{
		{
			name: "one is not managed",
			spec: fleet + `[{name: a}, {name: b, istio: {managed: false}}]}`,
			want: []mesh.Problem{unmanaged("spec.clusters[1]", "b")},
		},
		{
			name: "nobody is",
			spec: `{discovery: fleet, istio: {distribution: csm, managed: false}, clusters: [{name: b}, {name: a}]}`,
			want: []mesh.Problem{unmanaged("spec.clusters[0]", "b"), unmanaged("spec.clusters[1]", "a")},
		},
		{
			name: "networks that differ from the first",
			spec: fleet + `[{name: c, network: x}, {name: b, network: z}, {name: d, network: x}, {name: a}]}`,
			want: []mesh.Problem{apart("spec.clusters[1]", "c", "b"), apart("spec.clusters[3]", "c", "a")},
		},
		{
			name: "neither managed nor near: first things first",
			spec: fleet + `[{name: a, network: x}, {name: b, network: z, istio: {managed: false}}]}`,
			want: []mesh.Problem{unmanaged("spec.clusters[1]", "b")},
		},
		{name: "one network", spec: fleet + `[{name: a, network: x}, {name: b, network: x}]}`},
		{name: "no networks", spec: fleet + `[{name: a}, {name: b}]}`},
		{name: "one that leaves", spec: fleet + `[{name: a}, {name: b, istio: {multiclusterMode: manual}}]}`},
		{name: "remote secrets", spec: `{istio: {distribution: csm, managed: false}, clusters: [{name: a, network: x}, {name: b, network: z}]}`},
	}
}

func namespaceCases() []ruleCase {
	const apart = `clusters: [{name: a}, {name: b, istio: {namespace: mesh}}]`
	lost := func(i int, consumer, own, target, theirs string) mesh.Problem {
		return found(fmt.Sprintf("spec.clusters[%d].istio.namespace", i),
			fmt.Sprintf("%s's istiod expects namespace %s in %s, whose Istio is in %s", consumer, own, target, theirs),
			"use the same namespace in both", consumer, target)
	}
	return []ruleCase{
		{
			name: "both ways", spec: `{` + apart + `}`,
			want: []mesh.Problem{lost(0, "a", "istio-system", "b", "mesh"), lost(1, "b", "mesh", "a", "istio-system")},
		},
		{name: "one way", spec: `{links: [{from: [b], to: [a]}], ` + apart + `}`, want: []mesh.Problem{lost(1, "b", "mesh", "a", "istio-system")}},
		{
			name: "two that differ are one finding",
			spec: `{links: [{from: [a], to: [b, c]}], clusters: [{name: a}, {name: b, istio: {namespace: mesh}}, {name: c, istio: {namespace: mesh}}]}`,
			want: []mesh.Problem{lost(0, "a", "istio-system", "b", "mesh")},
		},
		{name: "not linked", spec: `{links: [], ` + apart + `}`},
		{name: "another one for all", spec: `{istio: {namespace: mesh}, clusters: [{name: a}, {name: b}]}`},
		{name: "peers read nobody", spec: `{discovery: peering, istio: {distribution: solo}, ` + apart + `}`},
		{name: "a remote is of MESH023", spec: `{clusters: [{name: a}, {name: b, controlPlane: a, istio: {namespace: mesh}}]}`},
	}
}
