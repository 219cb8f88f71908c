package leaks_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
)

// Credentials that are none: the right form, and nothing behind it. They are put together here, so that
// no scanner takes this file for a leak.
const (
	jwt      = "eyJhbGciOiJSUzI1NiJ9" + "." + "eyJzdWIiOiJURVNUIE9OTFkifQ" + ".TEST-ONLY-no-signature"
	identity = "AGE-SECRET-KEY-" + "1QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHC"
	opaque   = "TESTONLY4f9a0c17b2"
	uuid     = "550e8400-e29b-41d4-a716-446655440000"
	keyBody  = "VEVTVCBPTkxZLCBubyBrZXkgb2YgYW55Ym9keS4gVEVTVCBPTkxZLCBubyBrZXk="
)

func pem(label string) string {
	return fmt.Sprintf("-----BEGIN %s-----\n%s\n-----END %[1]s-----\n", label, keyBody)
}

func in64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// wrapped is base64 as the program of that name prints it, indented.
func wrapped(text string, indent int) string {
	var b strings.Builder
	for text = in64(text); text != ""; {
		n := min(76, len(text))
		b.WriteString(strings.Repeat(" ", indent) + text[:n] + "\n")
		text = text[n:]
	}
	return b.String()
}

func indent(text string) string { return "    " + strings.ReplaceAll(text, "\n", "\n    ") }

// rules are what a scan says, without fingerprints.
func rules(text string) []string {
	said := []string{}
	for _, f := range leaks.New().Scan("f", []byte(text)) {
		where := ""
		if f.Encoded {
			where = " in base64"
		}
		said = append(said, fmt.Sprintf("%d %s%s", f.Line, f.Rule, where))
	}
	return said
}

func TestCredentialsAreFound(t *testing.T) {
	key := pem("PRIVATE KEY")
	config := "users:\n- name: east\n  user:\n    token: " + jwt + "\n"
	for name, test := range map[string]struct{ text, want string }{
		"token file":                         {jwt + "\n", "1 json-web-token"},
		"token in block YAML":                {config, "4 json-web-token"},
		"token in flow YAML":                 {"user: {token: " + jwt + "}\n", "1 json-web-token"},
		"token in quotes":                    {`"token":"` + jwt + `"`, "1 json-web-token"},
		"token in an annotation":             {"annotations:\n  note: see " + jwt + ".\n", "2 json-web-token"},
		"token in a header":                  {"Authorization: Bearer " + jwt, "1 json-web-token"},
		"token without signature":            {"eyJhbGciOiJub25lIn0" + "." + "eyJzdWIiOiJURVNUIE9OTFkifQ.", "1 json-web-token"},
		"token of a spaced header":           {"eyAiYWxnIjoibm9uZSJ9" + "." + "ewogInN1YiI6IlRFU1QifQ.", "1 json-web-token"},
		"token in base64":                    {"token: " + in64(jwt) + "\n", "1 kubeconfig-token"},
		"token twice in base64":              {"data:\n  x: " + in64(in64(jwt)) + "\n", "2 json-web-token in base64"},
		"kubeconfig in base64":               {"data:\n  east: " + in64(config) + "\n", "2 json-web-token in base64"},
		"kubeconfig in a block":              {"data:\n  east: |\n" + wrapped(config, 4) + "kind: Secret\n", "3 json-web-token in base64"},
		"base64 in a JSON string":            {`{"east":"` + strings.ReplaceAll(strings.TrimSpace(wrapped(config, 0)), "\n", `\n`) + `"}`, "1 json-web-token in base64"},
		"base64 below a title":               {"token\n" + in64(jwt) + "\n", "2 json-web-token in base64"},
		"opaque token":                       {"  token: " + opaque + "\n", "1 kubeconfig-token"},
		"token of a token file":              {"user: {token: " + uuid + "}\n", "1 kubeconfig-token"},
		"bootstrap token":                    {"token: abcdef.0123456789abcdef\n", "1 kubeconfig-token"},
		"opaque token in JSON":               {`{"token": "` + opaque + `"}`, "1 kubeconfig-token"},
		"JSON in JSON":                       {`{"a": "{\"token\":\"` + opaque + `\"}"}`, "1 kubeconfig-token"},
		"opaque token in a block":            {"token: >-\n  " + opaque + "\n", "2 kubeconfig-token"},
		"opaque token in base64":             {"east: " + in64("users: [{name: east, user: {token: "+opaque+"}}]"), "1 kubeconfig-token in base64"},
		"auth provider":                      {"config:\n  refresh-token: " + opaque + "\n", "2 kubeconfig-token"},
		"key":                                {key, "1 pem-private-key"},
		"key of a curve":                     {pem("EC PRIVATE KEY"), "1 pem-private-key"},
		"encrypted key":                      {pem("ENCRYPTED PRIVATE KEY"), "1 pem-private-key"},
		"key of SSH":                         {pem("OPENSSH PRIVATE KEY"), "1 pem-private-key"},
		"key of OpenPGP":                     {pem("PGP PRIVATE KEY BLOCK"), "1 pem-private-key"},
		"key with headers":                   {"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n" + keyBody, "1 pem-private-key"},
		"key in a block":                     {"ca-key.pem: |\n" + indent(key), "2 pem-private-key"},
		"key in a JSON string":               {`"` + strings.ReplaceAll(key, "\n", `\n`) + `"`, "1 pem-private-key"},
		"key in a comment":                   {"# " + strings.ReplaceAll(key, "\n", "\n# "), "1 pem-private-key"},
		"key behind certificates":            {pem("CERTIFICATE") + key, "4 pem-private-key"},
		"key in base64":                      {"ca-key.pem: " + in64(key), "1 pem-private-key-base64"},
		"key in wrapped base64":              {"ca-key.pem: |\n" + wrapped(key, 2), "2 pem-private-key-base64"},
		"key behind certificates, in base64": {"tls: " + in64(pem("CERTIFICATE")+key), "1 pem-private-key-base64"},
		"client key":                         {"client-key-data: " + in64(key), "1 kubeconfig-client-key"},
		"client key, other":                  {"user: {client-key-data: bm8ga2V5IG9mIGFueWJvZHkK}", "1 kubeconfig-client-key"},
		"client key, block":                  {"client-key-data: |\n  bm8ga2V5IG9mIGFueWJvZHkK\n", "2 kubeconfig-client-key"},
		"JSON Web Key":                       {`{"kty":"EC","crv":"P-256","d":"VEVTVF9PTkxZX25vX2tleV9vZl9hbnlib2R5X2F0X2FsbA"}`, "1 jwk-private-key"},
		"identity":                           {"# created: 2026\n" + identity + "\n", "2 age-identity"},
		"identity, PQ":                       {strings.Replace(identity, "KEY-1", "KEY-PQ-1", 1), "1 age-identity"},
		"identity in base64":                 {"age.agekey: " + in64(identity), "1 age-identity in base64"},
		"password":                           {"user:\n  username: admin\n  password: TEST0NLY\n", "3 kubeconfig-password"},
		"password, sorted":                   {"user: {password: TEST0NLY, username: admin}", "1 kubeconfig-password"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff([]string{test.want}, rules(test.text)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

// What is public, encrypted, or stands where a credential would, is none.
func TestOtherTextIsNot(t *testing.T) {
	sealed := in64("\x02\x00" + strings.Repeat("\x93\x1c\xf0", 300))
	for name, text := range map[string]string{
		"certificate":            pem("CERTIFICATE"),
		"certificate in base64":  "certificate-authority-data: " + in64(pem("CERTIFICATE")),
		"public certificates":    "data:\n  ca-cert.pem: " + in64(pem("CERTIFICATE")) + "\n  root-cert.pem: " + in64(pem("CERTIFICATE")),
		"public key":             pem("PUBLIC KEY"),
		"request":                pem("CERTIFICATE REQUEST"),
		"encrypted by age":       pem("AGE ENCRYPTED FILE"),
		"recipient":              "age1qqpzry9x8gf2tvdw0s3jn54khce6mua7lqpzry9x8gf2tvdw0s3jn54khc",
		"fingerprint":            "kubectl-mesh.dev/token: sha256:0123456789abcdef\n",
		"words about keys":       "a file that begins with -----BEGIN PRIVATE KEY----- is a key",
		"words about identities": "an identity begins with AGE-SECRET-KEY-PQ-1",
		"token file":             "user: {tokenFile: /var/run/secrets/mesh/east/token}",
		"name of a token":        "token: mesh-reader-east-token-2\n",
		"template":               "token: {{ .token }}\ntoken: '{{ .very-long-name-of-a-token }}'\n",
		"variable":               "token: ${{ secrets.GITHUB_TOKEN_OF_ALL }}\ntoken: $TOKEN_OF_THE_MESH_1234\n",
		"redacted":               "token: REDACTED\nclient-key-data: DATA+OMITTED\ntoken: [redacted]\n",
		"masked":                 "token:\n  masked: sha256:0123456789abcdef\n  subject: system:serviceaccount:istio-system:mesh-reader-west\n",
		"longer key below token": "token:\n  serviceAccountTokenOfTheMesh4711: {}\n",
		"SOPS":                   "token: ENC[AES256_GCM,data:qPzT4f9a0c17b2==,iv:AAAA4f9a0c17b2=,tag:4f9a0c17b2==,type:str]\n",
		"sealed token":           "encryptedData:\n  token: " + sealed + "\n  client-key-data: " + sealed + "\n",
		"public JSON Web Key":    `{"kty":"EC","crv":"P-256","x":"VEVTVF9PTkxZX25vX2tleV9vZl9hbnlib2R5X2F0X2FsbA","y":"VEVTVF9PTkxZX25vX2tleV9vZl9hbnlib2R5X2F0X2FsbA"}`,
		"host names":             "eyeballs-east-1.eyewear-platform-2.example.com",
		"password of a secret":   "username: admin\npassword: ${PASSWORD}\n",
		"digest":                 "sha256:" + strings.Repeat("0123456789abcdef", 4),
	} {
		t.Run(name, func(t *testing.T) {
			if got := rules(text); len(got) > 0 {
				t.Errorf("found %q in\n%s", got, text)
			}
		})
	}
}

func TestFindingsSayWhatAndWhere(t *testing.T) {
	text := "a: b\nuser: {token: " + jwt + "}\nc: " + in64(pem("PRIVATE KEY")) + "\npassword: TEST0NLY\nusername: admin\ndata: " + in64("token: "+jwt) + "\n"
	var said []string
	for _, f := range leaks.New().Scan("clusters/east.yaml", []byte(text)) {
		said = append(said, f.String())
	}
	want := []string{
		"clusters/east.yaml:2: json-web-token: a bearer token (70 bytes, sha256:4f31c8ace6cce856)",
		"clusters/east.yaml:3: pem-private-key-base64: a private key in base64 (145 bytes, sha256:a6a787693fae4d2e)",
		"clusters/east.yaml:4: kubeconfig-password: a password",
		"clusters/east.yaml:6: json-web-token: a bearer token, in base64 (70 bytes, sha256:4f31c8ace6cce856)",
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever stands before a credential, it is found; and of many the first ones are said.
func TestManyMatches(t *testing.T) {
	placeholders := strings.Repeat("token: the-name-of-a-token\n", 1000)
	if diff := cmp.Diff([]string{"1001 kubeconfig-token"}, rules(placeholders+"token: "+opaque+"\n")); diff != "" {
		t.Errorf("behind placeholders (-want +got):\n%s", diff)
	}
	got := rules(strings.Repeat(jwt+"\n", 1000))
	if len(got) != 100 || got[99] != "100 json-web-token" {
		t.Errorf("of 1000 tokens %d are said, %q the last", len(got), got[len(got)-1])
	}
}
