package cli_test

import (
	"encoding/base64"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

// certificateMesh has east read with client certificates, and west with tokens.
const certificateMesh = `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  trust: {ca: {provider: none}}
  reader: {allowNonExpiring: true}
  clusters:
  - {name: east, context: ctx-east, reader: {auth: clientCertificate}, api: {server: "https://203.0.113.10", certificateAuthority: clusters/api.crt}}
  - {name: west, context: ctx-west, api: {server: "https://203.0.113.20", certificateAuthority: clusters/api.crt}}
`

// credentialsInputs are secrets where the credentials commands look for keys, certificates, requests, tokens and
// facts.
func credentialsInputs() []input {
	var inputs []input
	for name := range strings.FieldsSeq(`
		credentials/east/west/client.key credentials/east/west/client.crt credentials/east/west/client-2.key
		credentials/west/east/token credentials/overlays/west/remote-secret-east.yaml
		west-east.csr theirs.csr clusters/east.yaml
	`) {
		for what, text := range map[string]string{
			"a broken key": canaryKey(), "a key in base64": canaryKeyData(), "a token": canaryToken(), "an opaque token": canaryOpaque,
			"a certificate and a key": authority + canaryKey(), "two keys": canaryKey() + canaryKey(),
			"an EC key": strings.ReplaceAll(canaryKey(), "PRIVATE", "EC PRIVATE"),
		} {
			inputs = append(inputs, input{name: "credentials, " + name + ", " + what, files: map[string]string{"mesh.yaml": certificateMesh, name: text}})
		}
	}
	return inputs
}

// credentialsCommands read all of them. Nothing answers at the addresses of the kubeconfig, and there is none.
func credentialsCommands() []command {
	return []command{
		{args: "credentials status"},
		{args: "credentials status -o json"},
		{args: "credentials status -o yaml --live"},
		{args: "credentials request --from=west --to=east"},
		{args: "credentials request --from=west --to=east --out=theirs.csr"},
		{args: "credentials approve west-east.csr --from=west --cluster=east --fingerprint=SHA256:00"},
		{args: "credentials approve theirs.csr --from=west --cluster=east"},
		{args: "credentials rotate --link=east-west"},
		{args: "credentials rotate --link=east-west"},
		{args: "credentials rotate --link=east-west --step=verify"},
		{args: "credentials rotate --link=east-west --step=drop --offline"},
		{args: "credentials rotate --link=west-east"},
		{args: "credentials rotate --link=west-east --abort"},
		{args: "credentials rotate --link=west-east --apply --allow-unreviewed"},
		{args: "credentials rotate --link=" + canaryToken()},
		{args: "credentials revoke --link=west-east"},
		{args: "credentials revoke --link=east-west -o json"},
		{args: "credentials revoke --link=east-west --link=west-east --apply"},
		{args: "validate -o json"},
		{args: "render --output-dir=deploy"},
	}
}

// TestCanaryCredentials leads client certificates through their life, with a git that writes down all it can see. Nothing
// of the keys is in what anybody is shown, in the requests, or in what git has seen.
func TestCanaryCredentials(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("a child of the program looks at its files in /proc")
	}
	files := twoClusters()
	files["mesh.yaml"] = certificateMesh
	enter(t, files)
	w := newWitness(t)
	for _, args := range []string{
		"credentials request --from west --to east", "credentials status", "credentials request --from west --to east --out again.csr",
		"credentials rotate --link west-east", "credentials request --from west --to east", "credentials status -o yaml",
		"credentials revoke --link west-east -o yaml", "validate", "render --output-dir deploy",
		"credentials rotate --link west-east --step drop --offline",
	} {
		w.runAny(t, args)
	}
	if w.seen(t) == "" {
		t.Error("git was never asked: is the witness on the PATH?")
	}
	keys := 0
	for name := range filesHere(t) {
		if strings.HasSuffix(name, ".key") {
			keys++
		}
	}
	// The test would notice: so a kubeconfig has a key.
	key := filesHere(t)["credentials/east/west/client.key"]
	if !hasLine("client-key-data: "+base64.StdEncoding.EncodeToString([]byte(key)), key) || !hasLine("x"+key, key) {
		t.Errorf("nothing found in\n%s", key)
	}
	if keys != 2 {
		t.Errorf("%d keys, want one of each generation", keys)
	}
	w.runAny(t, "credentials revoke --link west-east --apply")
	for name := range filesHere(t) {
		if strings.HasSuffix(name, ".key") {
			t.Errorf("%s is there after revoke", name)
		}
	}
}

// runAny starts the program, which may fail: what it shows then is looked at too.
func (w witness) runAny(t *testing.T, args string) {
	t.Helper()
	before := map[string]string{}
	for name, text := range filesHere(t) {
		if strings.HasSuffix(name, ".key") {
			before[name] = text
		}
	}
	cmd := exec.CommandContext(t.Context(), "kubectl-mesh", strings.Fields(args)...)
	cmd.Env = append(os.Environ(), "GOGC=off")
	out, _ := cmd.CombinedOutput() // a failure shows the most
	for where, text := range map[string]string{"output of " + args: string(out), "what git saw of " + args: w.seen(t)} {
		w.look(t, where, text)
		for name, key := range before {
			w.lookFor(t, where, text, name, key)
		}
	}
	for name, text := range filesHere(t) {
		if !strings.HasPrefix(name, "credentials/") {
			w.look(t, name+" after "+args, text)
		}
	}
}
