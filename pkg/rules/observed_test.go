package rules_test

import (
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// observedCases are about what was collected from clusters and is not as mesh.yaml says.
func observedCases() map[string][]ruleCase {
	return map[string][]ruleCase{
		"MESH077": {
			{
				name: "the ID of an installation from before the mesh",
				spec: "{clusters: [{name: c1, installed: {clusterID: east}}, {name: west, clusterID: prod-west, installed: {clusterID: west}}]}",
				want: []mesh.Problem{
					found("spec.clusters[0].clusterID", `c1's istiod runs with cluster ID "east", but the ID in the mesh is "c1"`,
						"in mesh.yaml, set clusterID: east in cluster c1; or install istiod with the rendered values and "+
							"collect again: kubectl mesh collect --cluster c1", "c1"),
					found("spec.clusters[1].clusterID", `west's istiod runs with cluster ID "west", but the ID in the mesh is "prod-west"`,
						"in mesh.yaml, set clusterID: west in cluster west; or install istiod with the rendered values and "+
							"collect again: kubectl mesh collect --cluster west", "west"),
				},
			},
			{name: "set in mesh.yaml", spec: "{clusters: [{name: c1, clusterID: east, installed: {clusterID: east}}, {name: west}]}"},
			{name: "the name", spec: "{clusters: [{name: c1, installed: {clusterID: c1}}, {name: west, installed: {meshID: test}}]}"},
		},
		"MESH078": {
			{
				name: "another mesh",
				spec: "{clusters: [{name: east, installed: {meshID: mesh1}}, {name: west}]}",
				want: []mesh.Problem{found("metadata.name", `east's istiod runs with mesh ID "mesh1", but the name of the mesh is "shop"`,
					"in mesh.yaml, set metadata.name: mesh1; or install istiod with the rendered values and "+
						"collect again: kubectl mesh collect --cluster east", "east")},
			},
			{name: "this mesh", spec: "{clusters: [{name: east, installed: {meshID: shop}}, {name: west, installed: {clusterID: west}}]}"},
		},
		"MESH079": {
			{
				name: "another network",
				spec: "{clusters: [{name: east}, {name: west}]}",
				change: func(in *rules.Input) {
					in.Contradictions = []mesh.Override{{Cluster: "east", Field: "network", Reported: "vpc-b", Declared: "vpc-a"}}
				},
				want: []mesh.Problem{inFile("clusters/east.yaml", found("spec.network",
					`network of east is "vpc-b" in the cluster, and mesh.yaml sets "vpc-a"`,
					"in mesh.yaml, set network of east to vpc-b; or change the cluster and collect again: kubectl mesh collect --cluster east", "east"))},
			},
			{name: "none", spec: "{clusters: [{name: east}, {name: west}]}"},
		},
		"MESH080": replacedRootCases(),
		"MESH092": untrustedRootCases(),
	}
}

func untrustedRootCases() []ruleCase {
	const north, west, east = "{name: 1-north}", "{name: west, installed: {rootSHA256: [ROOT-A, ROOT-B]}}", "{name: east-eu, installed: {rootSHA256: [ROOT-C]}}"
	spec := func(rest string) string {
		spec := "{trust: {ca: {provider: none}}, clusters: [" + strings.Join([]string{west, north, east}, ", ") + "]" + rest + "}"
		return strings.NewReplacer("ROOT-A", sum("a"), "ROOT-B", sum("b"), "ROOT-C", sum("c")).Replace(spec)
	}
	want := []mesh.Problem{inFile("clusters/east-eu.yaml", found("spec.installed.rootSHA256",
		"east-eu and west trust no common root: SHA-256 "+sum("c")+", and "+sum("a")+", "+sum("b"),
		"provide Secret cacerts under one root in both and collect again: kubectl mesh collect --cluster east-eu,west", "east-eu", "west"))}
	return []ruleCase{
		{name: "linked", spec: spec(""), want: want},
		{name: "linked one way", spec: spec(", links: [{from: [west], to: [east-eu]}]"), want: want},
		{name: "not linked", spec: spec(", links: [{between: [west, 1-north]}]")},
		{name: "one in common", spec: strings.ReplaceAll(spec(""), sum("c"), sum("b"))},
		{name: "certificates in trust/", spec: spec(""), change: in(root("a"))},
		{name: "certificates to come", spec: strings.Replace(spec(""), "provider: none", "provider: files", 1)},
	}
}

func replacedRootCases() []ruleCase {
	const rotate = "restore its current root in trust/ and rotate it: kubectl mesh ca rotate --root; or trust its root as well: "
	const then = ", then: kubectl mesh ca trust FILE"
	return []ruleCase{
		{
			name: "a root that istiod made for itself", spec: pinned("", "e", "a"), change: in(root("a")),
			want: []mesh.Problem{inFile(rootFile, found("", "east runs with other roots than those in trust/root-cert.pem: SHA-256 "+sum("e"),
				rotate+"in mesh.yaml, add below spec: trust: {ca: {roots: ["+sum("e")+", "+sum("a")+"]}}"+then, "east"))},
		},
		{
			name: "pinned, and not in trust/", spec: pinned("ae", "e", "a"), change: in(root("a")),
			want: []mesh.Problem{inFile(rootFile, found("", "east runs with other roots than those in trust/root-cert.pem: SHA-256 "+sum("e"),
				rotate+"in mesh.yaml, set spec.trust.ca.roots to: ["+sum("a")+", "+sum("e")+"]"+then, "east"))},
		},
		{name: "the old root of a rotation", spec: pinned("ae", "e", "ae"), change: in(root("a"), root("e"))},
		{name: "the last phase of a rotation", spec: pinned("a", "ae", "ae"), change: in(root("a"))},
		{name: "no certificates yet", spec: pinned("", "e", "a")},
		{name: "nothing collected", spec: pinned("a", "", ""), change: in(root("a"))},
	}
}
