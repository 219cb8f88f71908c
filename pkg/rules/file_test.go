package rules_test

import (
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// fileCases are about files beside mesh.yaml.
func fileCases() map[string][]ruleCase {
	const two = `{clusters: [{name: east}, {name: west}]}`
	const file = "credentials/east/we'st/token"
	const account = "system:serviceaccount:istio-system:mesh-reader-west"
	ends := func(left time.Duration) func(*rules.Input) {
		return func(in *rules.Input) {
			end := time.Date(2030, 3, 1, 12, 0, 0, 0, time.UTC)
			in.Now = end.Add(-left)
			in.Certificates = []rules.Certificate{{Cluster: "east", File: "trust/east/ca-cert.pem", NotAfter: end}}
		}
	}
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
		"MESH029": {
			{
				name: "a wrong key",
				spec: two,
				change: func(in *rules.Input) {
					in.Certificates = []rules.Certificate{{Cluster: "east", File: "trust/east/ca-cert.pem", Problem: "the cert does not match the key"}}
				},
				want: []mesh.Problem{inFile("trust/east/ca-cert.pem", found("", "the cert does not match the key",
					"make it anew: kubectl mesh ca rotate --cluster east", "east"))},
			},
			{name: "well", spec: two, change: func(in *rules.Input) {
				in.Certificates = []rules.Certificate{{Cluster: "east", NotAfter: time.Unix(1<<32, 0)}}
			}},
		},
		"MESH030": {
			{
				name: "one without",
				spec: two,
				change: func(in *rules.Input) {
					in.Certificates = []rules.Certificate{{Cluster: "east", File: "trust/east/ca-cert.pem", Missing: true}, {Cluster: "west"}}
				},
				want: []mesh.Problem{inFile("trust/east/ca-cert.pem", found("",
					"there are no certificates for east, and other clusters have some", "kubectl mesh ca issue --cluster east", "east"))},
			},
			{name: "nobody has any", spec: two},
		},
		"MESH031": {
			{name: "in 59 days", spec: two, change: ends(59 * 24 * time.Hour), want: []mesh.Problem{inFile("trust/east/ca-cert.pem", found("",
				"the certificate of east ends on 2030-03-01", "kubectl mesh ca rotate --cluster east", "east"))}},
			{name: "yesterday", spec: two, change: ends(-24 * time.Hour), want: []mesh.Problem{inFile("trust/east/ca-cert.pem", found("",
				"the certificate of east has ended on 2030-03-01", "kubectl mesh ca rotate --cluster east", "east"))}},
			{name: "in 61 days", spec: two, change: ends(61 * 24 * time.Hour)},
			{name: "a rendering has no clock", spec: two, change: func(in *rules.Input) {
				in.Certificates = []rules.Certificate{{Cluster: "east", NotAfter: time.Unix(0, 0)}}
			}},
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
