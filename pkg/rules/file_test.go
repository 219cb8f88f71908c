package rules_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
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
	controlled := sealedSpec()
	const sealedFile = "sealed/we'st/remote-secret-east.yaml"
	sealed := func(found rules.Sealed) func(*rules.Input) {
		found.Cluster, found.File = "east", sealedFile
		return func(in *rules.Input) { in.Sealed = []rules.Sealed{found} }
	}
	return map[string][]ruleCase{
		"MESH036": {
			{name: "ended", spec: controlled, change: at(2026), want: []mesh.Problem{found("spec.clusters[0].sealing.sealedSecrets.certificate",
				"the controller's certificate expired on 2025-01-01", "get the current one: kubeseal --fetch-cert", "east")}},
			{name: "of all", spec: strings.NewReplacer("{clusters: [{name: east, sealing:", "{sealing:", "}}}, {name: west}]}", "}}, clusters: [{name: east}, {name: west}]}").Replace(controlled),
				change: at(2026), want: []mesh.Problem{found("spec.sealing.sealedSecrets.certificate",
					"the controller's certificate expired on 2025-01-01", "get the current one: kubeseal --fetch-cert", "east", "west")}},
			{name: "not yet", spec: controlled, change: at(2024)},
			{name: "a rendering has no clock", spec: controlled},
			{name: "not in use", spec: strings.Replace(controlled, "sealedSecrets,", "none,", 1), change: at(2026)},
		},
		"MESH037": {
			{name: "missing", spec: two, change: sealed(rules.Sealed{Missing: true}), want: []mesh.Problem{inFile(sealedFile, found("",
				"is missing, so the object is held back for east", "kubectl mesh seal --cluster east", "east"))}},
			{name: "outdated", spec: two, change: sealed(rules.Sealed{Outdated: "another server"}), want: []mesh.Problem{inFile(sealedFile, found("",
				"does not match mesh.yaml: another server", "kubectl mesh seal --cluster east", "east"))}},
			{name: "well", spec: two, change: sealed(rules.Sealed{})},
			{name: "broken", spec: two, change: sealed(rules.Sealed{Problem: "x", Outdated: "y"})},
		},
		"MESH038": {
			{name: "plain", spec: two, change: sealed(rules.Sealed{Problem: "it is a plain Secret"}), want: []mesh.Problem{inFile(sealedFile, found("",
				"it is a plain Secret", "remove the file, and seal again: kubectl mesh seal --cluster east", "east"))}},
			{name: "well", spec: two, change: sealed(rules.Sealed{})},
		},
		"MESH039": {
			{name: "of nobody", spec: two, change: sealed(rules.Sealed{Orphaned: true}), want: []mesh.Problem{inFile(sealedFile, found("",
				"belongs to no object of east, and is not rendered", `git rm -- 'sealed/we'\''st/remote-secret-east.yaml'`, "east"))}},
			{name: "well", spec: two, change: sealed(rules.Sealed{})},
		},
		"MESH010": {
			{
				name:   "two of them",
				spec:   two,
				change: func(in *rules.Input) { in.OrphanedFacts = []string{"clusters/eats.yaml", "clusters/north.yaml"} },
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
					"rotate it: kubectl mesh ca rotate --cluster east", "east"))},
			},
			{
				name: "with a remedy",
				spec: two,
				change: func(in *rules.Input) {
					in.Certificates = []rules.Certificate{{Cluster: "east", File: "trust/east/ca-cert.pem", Problem: "it is JSON", Hint: "jq -r .certificate FILE >NEW"}}
				},
				want: []mesh.Problem{inFile("trust/east/ca-cert.pem", found("", "it is JSON", "jq -r .certificate FILE >NEW", "east"))},
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
					"no certificates for east, but other clusters have them", "kubectl mesh ca issue --cluster east", "east"))},
			},
			{name: "nobody has any", spec: two},
		},
		"MESH031": {
			{name: "in 59 days", spec: two, change: ends(59 * 24 * time.Hour), want: []mesh.Problem{inFile("trust/east/ca-cert.pem", found("",
				"the certificate of east expires on 2030-03-01", "kubectl mesh ca rotate --cluster east", "east"))}},
			{name: "yesterday", spec: two, change: ends(-24 * time.Hour), want: []mesh.Problem{inFile("trust/east/ca-cert.pem", found("",
				"the certificate of east expired on 2030-03-01", "kubectl mesh ca rotate --cluster east", "east"))}},
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
					in.Overrides = []mesh.Override{{Cluster: "east", Field: "istio.version", Reported: "1.29.0", Declared: "1.30.2"}}
				},
				want: []mesh.Problem{inFile("clusters/east.yaml", found("spec.istio.version",
					`it is "1.29.0" here, but mesh.yaml sets "1.30.2" for all clusters`,
					"set istio.version of east in mesh.yaml, or change the cluster and collect again", "east"))},
			},
			{name: "none", spec: two},
		},
		"MESH016": {
			{
				name:   "of another account",
				spec:   two,
				change: credential("system:serviceaccount:default:default", false),
				want: []mesh.Problem{inFile(file, found("",
					`the token belongs to "system:serviceaccount:default:default", but west reads east as "`+account+`"`,
					"collect it again, or declare that account with reader.serviceAccount", "east", "west"))},
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
				want: []mesh.Problem{inFile(file, found("", "this credential is accessible to other users",
					`chmod 600 'credentials/east/we'\''st/token'`, "east", "west"))},
			},
			{name: "private", spec: two, change: credential(account, false)},
		},
	}
}

func at(year int) func(*rules.Input) {
	return func(in *rules.Input) { in.Now = time.Date(year, 1, 2, 0, 0, 0, 0, time.UTC) }
}

// sealedSpec has a controller whose certificate ends with 2024.
func sealedSpec() string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	data := base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return fmt.Sprintf(`{clusters: [{name: east, sealing: {format: sealedSecrets, sealedSecrets: {certificateData: %s, certificateSHA256: %x}}}, {name: west}]}`,
		data, sha256.Sum256(der))
}
