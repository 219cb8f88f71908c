package rules_test

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// fileCases are about files beside mesh.yaml.
func fileCases() map[string][]ruleCase {
	const two = `{clusters: [{name: east}, {name: west}]}`
	const file = "credentials/east/we'st/token"
	const account = "system:serviceaccount:istio-system:mesh-reader-west"
	credential := func(subject string, open bool) func(*rules.Input) {
		return func(in *rules.Input) {
			in.Credentials = []rules.Credential{{Target: "east", Consumer: "west", File: file, Subject: subject, Want: account, Open: open}}
		}
	}
	return map[string][]ruleCase{
		"MESH010": {
			{
				name:   "two of them",
				spec:   two,
				change: func(in *rules.Input) { in.Strays = []string{"clusters/eats.yaml", "clusters/north.yaml"} },
				want: []mesh.Problem{
					inFile("clusters/eats.yaml", found("", "no cluster of the mesh has this name", "rename or remove the file, or add the cluster to mesh.yaml")),
					inFile("clusters/north.yaml", found("", "no cluster of the mesh has this name", "rename or remove the file, or add the cluster to mesh.yaml")),
				},
			},
			{name: "none", spec: two},
		},
		"MESH028": {
			{
				name: "another version",
				spec: two,
				change: func(in *rules.Input) {
					in.Overruled = []mesh.Overruled{{Cluster: "east", Field: "istio.version", Fact: "1.29.0", Said: "1.30.2"}}
				},
				want: []mesh.Problem{inFile("clusters/east.yaml", found("spec.istio.version",
					`it is "1.29.0" here, but mesh.yaml says "1.30.2" for all clusters`,
					"write istio.version of east into mesh.yaml, or change the cluster and collect again", "east"))},
			},
			{name: "none", spec: two},
		},
		"MESH016": {
			{
				name:   "of another account",
				spec:   two,
				change: credential("system:serviceaccount:default:default", false),
				want: []mesh.Problem{inFile(file, found("",
					`the token is of "system:serviceaccount:default:default", but west reads east as "`+account+`"`,
					"fetch it again, or declare that account with reader.serviceAccount", "east", "west"))},
			},
			{name: "of the account", spec: two, change: credential(account, false)},
			{name: "cannot be told", spec: two, change: credential("", false)},
			{name: "not read", spec: two},
		},
		"MESH017": {
			{
				name:   "open",
				spec:   two,
				change: credential(account, true),
				want: []mesh.Problem{inFile(file, found("", "others may read or change this credential",
					`chmod 600 'credentials/east/we'\''st/token'`, "east", "west"))},
			},
			{name: "private", spec: two, change: credential(account, false)},
		},
	}
}
