package leaks_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
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
	rancher  = "bcdfghjklmnpqrstvwxz2456789bcdfghjklmnpqrstvwxz2456789"
	digest   = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
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

// hexLines are hexadecimal digits as xxd -p prints them.
func hexLines(text string) string {
	var b strings.Builder
	for line := range slices.Chunk([]byte(text), 30) {
		fmt.Fprintf(&b, "  %x\n", line)
	}
	return b.String()
}

// escape writes each character of the token as two hexadecimal digits behind a mark.
func escape(mark string) string {
	var b strings.Builder
	for _, c := range []byte(jwt) {
		fmt.Fprintf(&b, "%s%02x", mark, c)
	}
	return b.String()
}

// pieces breaks a text into parts of 23 characters, in quotes if they are what is between them.
func pieces(text, between string) string {
	var parts []string
	for part := range slices.Chunk([]byte(text), 23) {
		parts = append(parts, string(part))
	}
	quote := strings.Trim(between, "+. \t\r\n\\")
	if quote == "" {
		return strings.Join(parts, between)
	}
	return quote[len(quote)-1:] + strings.Join(parts, between) + quote[:1]
}

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	if err = errors.Join(err, w.Close()); err != nil {
		return err.Error() // nothing is found in it
	}
	return b.String()
}

func indent(text string) string { return "    " + strings.ReplaceAll(text, "\n", "\n    ") }

// rules are what a scan says, without fingerprints.
func rules(text string) []string {
	said := []string{}
	for _, f := range leaks.New().Scan("f", []byte(text)) {
		where := ""
		if f.Form != "" {
			where = " " + f.Form
		}
		said = append(said, fmt.Sprintf("%d %s%s", f.Line, f.Rule, where))
	}
	return said
}

func TestCredentialsAreFound(t *testing.T) {
	other := readGitleaks(t)
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
		"kubeconfig of a cluster token":      {"token: " + in64("apiVersion: v1\n"+config) + "\n", "1 json-web-token in base64"},
		"opaque token of a cluster token":    {"token: " + in64("apiVersion: v1\nusers: [{user: {token: "+opaque+"}}]") + "\n", "1 kubeconfig-token in base64"},
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
		"password alone":                     {"password: Test-0nly!\n", "1 password"},
		"password in flow YAML":              {"{password: 'Test-0nly!', x: y}", "1 password"},
		"password in JSON in JSON":           {`{"a": "{\"password\":\"Test-0nly!\"}"}`, "1 password"},

		"token of Rancher":                {"token: token-zz9zz:" + rancher, "1 rancher-token"},
		"token of Rancher, kubeconfig":    {"user: {token: 'kubeconfig-u-2x4bdcvf9q:" + rancher + "'}", "1 rancher-token"},
		"token of Rancher in a header":    {"Authorization: Bearer token-zz9zz:" + rancher, "1 rancher-token"},
		"token of Rancher, as its docs":   {"token: token-zz9zz:testonly0123456789abcdef\n", "1 kubeconfig-token"},
		"token of Rancher, extension":     {"token: ext/token-zz9zz:" + rancher, "1 rancher-token"},
		"token of k3s":                    {"K3S_TOKEN=K10" + digest + "::server:testonly", "1 k3s-token"},
		"token of k3s, bootstrap":         {"token: K10" + digest + "::abcdef.0123456789abcdef", "1 k3s-token"},
		"token of k0s":                    {"join: |\n" + wrapped(zipped(config), 2), "2 json-web-token in base64"},
		"token of OpenShift":              {"oc login --token=sha256~" + keyBody[:43], "1 openshift-token"},
		"token of EKS":                    {`"token": "k8s-aws-v1.` + keyBody[:40] + `"`, "1 eks-token"},
		"token of Google":                 {"access-token: ya29." + keyBody[:30], "1 google-token"},
		"bootstrap token of kubeadm":      {"kubeadm join --token abcdef.0123456789abcdef east:6443", "1 bootstrap-token"},
		"bootstrap token as a Secret":     {"token-id: abcdef\ntoken-secret: 0123456789ghijkl\n", "2 bootstrap-token"},
		"bootstrap token as data":         {"token-secret: " + in64("0123456789abcdef") + "\n", "1 bootstrap-token"},
		"token as a flag":                 {"kubectl --token=" + opaque + " get pods", "1 kubeconfig-token"},
		"secret of an OIDC client":        {"config: {client-secret: " + opaque + "}", "1 oidc-client-secret"},
		"password of a proxy":             {"proxy-url: https://user:password@host", "1 url-password"},
		"password of a proxy, socks":      {"proxy-url: socks5://me:pw@proxy.example:1080\n", "1 url-password"},
		"password of a proxy, IPv6":       {`"proxy-url":"http://me:p%40ss@[fd00::1]:3128"`, "1 url-password"},
		"password in a URL with a path":   {"curl https://me:hush@h/x?y", "1 url-password"},
		"password before a variable":      {"https://me:hush@$HOST/", "1 url-password"},
		"token in a URL":                  {"git clone https://" + opaque + "xyzabc" + ":x-oauth-basic@example.com/x", "1 url-token"},
		"password in base64":              {"data: " + in64("proxy-url: http://someone:hush@proxy.example.com"), "1 url-password in base64"},
		"login to a registry":             {`{"auths":{"r.example":{"auth":"` + in64("user:pass") + `"}}}`, "1 docker-auth"},
		"login to a registry, Secret":     {".dockerconfigjson: " + in64(`{"auths":{"r.example":{"auth":"`+in64("me:hush")+`"}}}`), "1 docker-auth in base64"},
		"login to a registry, in full":    {`{"auths":{"r":{"username":"me","password":"hush","auth":"` + in64("someone:hush") + `"}}}`, "1 kubeconfig-password\n1 docker-auth"},
		"login of a header":               {"Authorization: Basic " + in64("me:hush"), "1 basic-auth"},
		"login of a header, longer":       {`curl -H "Authorization: Basic ` + in64("someone@example.com:hush") + `"`, "1 basic-auth"},
		"key in hexadecimal":              {"key: " + hex.EncodeToString([]byte(key)), "1 pem-private-key in hexadecimal digits"},
		"key in hexadecimal, as a number": {"key: 0x" + hex.EncodeToString([]byte(key)), "1 pem-private-key in hexadecimal digits"},
		"key in hexadecimal, wrapped":     {"key: |\n" + hexLines(key), "2 pem-private-key in hexadecimal digits"},
		"token in hexadecimal, capitals":  {strings.ToUpper(hex.EncodeToString([]byte(jwt))), "1 json-web-token in hexadecimal digits"},
		"token in hexadecimal in base64":  {in64(hex.EncodeToString([]byte(jwt))), "1 json-web-token in base64"},
		"token in escapes":                {`"` + escape(`\x`) + `"`, "1 json-web-token in escape sequences"},
		"token in escapes of JSON":        {`{"a":"` + escape(`\u00`) + `"}`, "1 json-web-token in escape sequences"},
		"token in a query":                {"?token=" + escape("%"), "1 json-web-token in escape sequences"},
		"key in pieces":                   {`"-----BEGIN " + "PRIVATE" + " KEY-----\n` + keyBody + `"`, "1 pem-private-key in several parts"},
		"key, its lines in pieces":        {"k = \"-----BEGIN PRIVATE KEY-----\\n\" +\n    \"" + keyBody + "\\n\"", "1 pem-private-key"},
		"key with a folded label":         {"key: >-\n  -----BEGIN\n  PRIVATE KEY-----\n  " + keyBody, "2 pem-private-key"},
		"key in pieces of base64":         {pieces(in64(key), `" + "`), "1 pem-private-key-base64 in several parts"},
		"token in pieces":                 {pieces(jwt, `" + "`), "1 json-web-token in several parts"},
		"token in adjacent pieces":        {pieces(jwt, `" "`), "1 json-web-token in several parts"},
		"token in pieces of a shell":      {pieces(jwt, `"'`), "1 json-web-token in several parts"},
		"token in pieces of Lua":          {pieces(jwt, `' .. '`), "1 json-web-token in several parts"},
		"token in pieces over lines":      {"x: y\n" + pieces(jwt, "\" +\r\n\t\""), "2 json-web-token in several parts"},
		"token over lines of a shell":     {"x=" + pieces(jwt, "\\\n"), "1 json-web-token in several parts"},
		"token over lines of YAML":        {"x: " + pieces(jwt, "\\\n    "), "1 json-web-token in several parts"},
		"token in a folded scalar":        {"x: >-\n  " + pieces(jwt, "\n  ") + "\nx: y\n", "2 json-web-token in several parts"},
		"token in a folded string":        {"x: \"" + pieces(jwt, "\r\n  ") + "\"\r\n", "1 json-web-token in several parts"},
		"opaque token in pieces":          {`token: "TESTONLY4f" + "9a0c17b2"`, "1 kubeconfig-token in several parts"},
		"opaque token over lines":         {"\"token\": \"TESTONLY4f\" +\n  \"9a0c17b2\"\n", "1 kubeconfig-token in several parts"},
		"opaque token, key above":         {"\"token\":\n  \"TESTONLY4f\" + \"9a0c17b2\"\n", "2 kubeconfig-token in several parts"},
		"opaque token below its key":      {"  token:\n    " + opaque + "\n", "2 kubeconfig-token"},
		"password below its key":          {"password:\n  Test-0nly!\n", "2 password"},
		"token broken at its point":       {"x: >-\n  " + strings.Replace(jwt, ".", ".\n  ", 1) + "\n", "2 json-web-token in several parts"},
		"token after other pieces":        {"x: \"abc\" +\n  \"def\" +\n  \"" + jwt[:30] + `" + "` + jwt[30:] + `"`, "3 json-web-token in several parts"},
		"base64 in pieces":                {pieces(in64("x: "+jwt), `" + "`), "1 json-web-token in base64"},
		"base64 in two lines":             {"x: |\n  " + in64(jwt)[:50] + "\n  " + in64(jwt)[50:] + "\n", "2 json-web-token in base64"},
		"base64 in short lines":           {"x: |\n  " + pieces(in64("x: "+jwt), "\n  ") + "\n", "2 json-web-token in base64"},
		"identity in pieces":              {pieces(identity, "`\n+ `"), "1 age-identity in several parts"},
		"token in pieces in base64":       {in64("{a: " + pieces(jwt, `" + "`) + "}"), "1 json-web-token in base64"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(strings.Split(test.want, "\n"), rules(test.text)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", test.text, diff)
			}
			for found := range strings.SplitSeq(test.want, "\n") {
				_, rule, _ := strings.Cut(found, " ")
				if encoded := strings.Contains(rule, " "); !encoded && !slices.Contains(other.find(test.text), rule) {
					t.Errorf("%q: gitleaks does not find %s", test.text, rule)
				}
			}
		})
	}
}

// What is public, encrypted, or stands where a credential would, is none.
func TestOtherTextIsNot(t *testing.T) {
	begins := in64("apiVersion: v1\nclusters:\n- cluster:\n    server: https://203.0.113.1:6443\n  name: token\nusers:\n- name: token\n  user:\n    token: ")
	sealed := in64("\x02\x00" + strings.Repeat("\x93\x1c\xf0", 300))
	for name, text := range map[string]string{
		"certificate":             pem("CERTIFICATE"),
		"certificate in base64":   "certificate-authority-data: " + in64(pem("CERTIFICATE")),
		"public certificates":     "data:\n  ca-cert.pem: " + in64(pem("CERTIFICATE")) + "\n  root-cert.pem: " + in64(pem("CERTIFICATE")),
		"public key":              pem("PUBLIC KEY"),
		"request":                 pem("CERTIFICATE REQUEST"),
		"encrypted by age":        pem("AGE ENCRYPTED FILE"),
		"recipient":               "age1qqpzry9x8gf2tvdw0s3jn54khce6mua7lqpzry9x8gf2tvdw0s3jn54khc",
		"fingerprint":             "kubectl-mesh.dev/token: sha256:0123456789abcdef\n",
		"words about keys":        "a file that begins with -----BEGIN PRIVATE KEY----- is a key",
		"words about identities":  "an identity begins with AGE-SECRET-KEY-PQ-1",
		"token file":              "user: {tokenFile: /var/run/secrets/mesh/east/token}",
		"name of a token":         "token: mesh-reader-east-token-2\n",
		"template":                "token: {{ .token }}\ntoken: '{{ .very-long-name-of-a-token }}'\n",
		"variable":                "token: ${{ secrets.GITHUB_TOKEN_OF_ALL }}\ntoken: $TOKEN_OF_THE_MESH_1234\n",
		"redacted":                "token: REDACTED\nclient-key-data: DATA+OMITTED\ntoken: [redacted]\n",
		"masked":                  "token:\n  masked: sha256:0123456789abcdef\n  subject: system:serviceaccount:istio-system:mesh-reader-west\n",
		"keys below a password":   "password:\n  valueFrom:\n    secretKeyRef: {name: x}\n",
		"longer key below token":  "token:\n  serviceAccountTokenOfTheMesh4711: {}\n",
		"SOPS":                    "token: ENC[AES256_GCM,data:qPzT4f9a0c17b2==,iv:AAAA4f9a0c17b2=,tag:4f9a0c17b2==,type:str]\n",
		"clusters by bad names":   "{'token': '" + begins + "',\n'password': '" + begins + "',\n'auth': '" + begins + "',\n'client-key-data': '" + begins + "'}\n",
		"a cluster by a bad name": "{'client-key-data': 'istio-remote-secret-client-key-data', 'token': 'istio-remote-secret-token'}",
		"sealed token":            "encryptedData:\n  token: " + sealed + "\n  client-key-data: " + sealed + "\n",
		"public JSON Web Key":     `{"kty":"EC","crv":"P-256","x":"VEVTVF9PTkxZX25vX2tleV9vZl9hbnlib2R5X2F0X2FsbA","y":"VEVTVF9PTkxZX25vX2tleV9vZl9hbnlib2R5X2F0X2FsbA"}`,
		"host names":              "eyeballs-east-1.eyewear-platform-2.example.com",
		"password of a secret":    "username: admin\npassword: ${PASSWORD}\n",
		"digest":                  "sha256:" + strings.Repeat("0123456789abcdef", 4),
		"digest of hexadecimal":   strings.Repeat("0123456789abcdef", 8) + "\n",
		"image":                   "docker://alpine:3.18@sha256:" + digest + "\nimage: registry.example.com:5000/x:1.2@sha256:" + digest,
		"URL with a port":         "server: https://203.0.113.10:6443\nhttps://a:80/@b https://[fd00::1]:443/x@y\n",
		"URL with a user":         "ssh://git@example.com/x git+ssh://me@host\nhttps://me:@host/\n",
		"URL with placeholders":   "https://user:<password>@host https://$USER:$PASSWORD@host https://{{user}}:{{password}}@host http://u:***@h http://u:xxxxx@h",
		"kind of authentication":  "auth: federated\nauth: clientCertificate\n" + `{"auth":"clientCertificate"}` + "\nWWW-Authenticate: Basic realm=x\nBasic authentication\n",
		"words about tokens":      "token abcdef of nobody\n--token request\ntoken my.cluster.example.com\ntoken=request\n",
		"host and token":          "kubeadm token prefix.exampledomaincom\n",
		"fingerprint of a token":  "token: sha256:" + digest + "\n",
		"password to be set":      "password: \"\"\npassword: changeme\npassword: ${PASSWORD}\npassword: {{ .password }}\npasswordSecretRef: {name: x}\n",
		"password in prose":       "password: the one that you got with the letter, it's (8 letters).\n",
		"lists of strings":        "[\"eyJhbGciOiJSUzI1NiJ9\", \"eyJzdWIiOiJURVNUIE9OTFkifQ\", \"x\"]\n- \"a\"\n- \"b\"\n",
		"lines of names":          "mesh-reader-east-of-west\n9f8e7d6c5b4a\nsome-name-of-a-service\nother4711\n",
		"compressed":              "data: " + in64(zipped("kind: Mesh\n"+strings.Repeat("spec: {}\n", 100))),
		"empty strings":           "token: \"\"\nx: \"\" \"\"\n",
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
