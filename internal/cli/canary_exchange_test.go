package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"filippo.io/age"
)

// exchangeMesh has tokens that cross from south to north.
const exchangeMesh = `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  trust: {ca: {provider: none}}
  reader: {allowNonExpiring: true}
  sites:
  - {name: north, clusters: [west], recipients: [RECIPIENT]}
  - {name: south, clusters: [east]}
  clusters:
  - {name: east, context: ctx-east, api: {server: "https://203.0.113.10", certificateAuthority: clusters/api.crt}}
  - {name: west, context: ctx-west, api: {server: "https://203.0.113.20", certificateAuthority: clusters/api.crt}}
`

// anyRecipient is a recipient whose key is lost.
const anyRecipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kdsdc6fyqlmnafp"

// exchangeInputs are secrets where the exchange commands look for keys, tokens, requests and files of other sites.
func exchangeInputs() []input {
	mesh := strings.ReplaceAll(exchangeMesh, "RECIPIENT", anyRecipient)
	var inputs []input
	for name := range strings.FieldsSeq(`
		credentials/exchange.agekey credentials/east/west/token trust/allowed_signers trust/east/ca.csr trust/root-cert.pem
		clusters/east.yaml site.key site.key.pub theirs.exchange receipts/theirs.exchange
	`) {
		for what, text := range map[string]string{
			"a broken key": canaryKey(), "a key in base64": canaryKeyData(), "a token": canaryToken(), "an opaque token": canaryOpaque,
			"an age key": canaryAge, "an SSH key": strings.ReplaceAll(canaryKey(), "PRIVATE", "OPENSSH PRIVATE"),
			"a signed text": canaryToken() + "\n-----BEGIN SSH SIGNATURE-----\n" + canaryKeyData() + "\n-----END SSH SIGNATURE-----\n",
		} {
			inputs = append(inputs, input{name: "exchange, " + name + ", " + what, files: map[string]string{"mesh.yaml": mesh, name: text}})
		}
	}
	return inputs
}

// exchangeCommands read all of them.
func exchangeCommands() []command {
	return []command{
		{args: "exchange export --site south --key site.key"},
		{args: "exchange export --site south --key site.key.pub -o south.exchange"},
		{args: "exchange import theirs.exchange --site north"},
		{args: "exchange import theirs.exchange --site north --identity site.key --accept-signer SHA256:" + canaryOpaque},
		{args: "exchange import theirs.exchange --site north --accept-signer " + canaryToken()},
		{args: "exchange import theirs.exchange --site north --accept-older " + canaryOpaque},
		{args: "check --offline --site south --key site.key --receipt receipts/south.exchange"},
		{args: "check --offline --from-receipts receipts"},
		{args: "check --offline --from-receipts receipts -o json"},
		{args: "ca sign --pending"},
		{args: "credentials approve --pending"},
		{args: "status"},
	}
}

// TestCanaryExchange passes a token from one site to another, with a git that writes down all it can see: arguments,
// environment and open files. Nothing of tokens and keys is in an exchange file, a receipt, or what anybody is shown.
func TestCanaryExchange(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("a child of the program looks at its files in /proc")
	}
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Skip("needs ssh-keygen")
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	files := twoClusters()
	files["mesh.yaml"] = strings.ReplaceAll(exchangeMesh, "RECIPIENT", identity.Recipient().String())
	files["credentials/east/west/token"] = canaryToken()
	files["credentials/exchange.agekey"] = identity.String()
	enter(t, files)
	w := newWitness(t)
	dir := t.TempDir()
	key, out := filepath.Join(dir, "key"), filepath.Join(dir, "south.exchange")
	if text, err := exec.CommandContext(t.Context(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v\n%s", err, text)
	}
	if text, err := exec.CommandContext(t.Context(), "git", "init", "-q").CombinedOutput(); err != nil {
		t.Fatalf("git: %v\n%s", err, text)
	}
	t.Setenv("GODEBUG", "http2debug=2")
	for _, args := range []string{
		"exchange export --site south --key " + key + " -o " + out, "check --offline --site south --key " + key + " --receipt " + filepath.Join(dir, "receipt.exchange"),
		"exchange import --site north " + out, "exchange import --site north --dry-run " + out, "status", "render --output-dir deploy",
	} {
		w.runAny(t, args)
	}
	if w.seen(t) == "" {
		t.Error("git was never asked: is the witness on the PATH?")
	}
	private, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	looked := map[string]string{"what git saw": w.seen(t)}
	for _, name := range []string{out, filepath.Join(dir, "receipt.exchange")} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		looked[name] = string(text)
	}
	if !strings.Contains(looked[out], "BEGIN AGE ENCRYPTED FILE") {
		t.Errorf("no token is in\n%s", looked[out])
	}
	for where, text := range looked {
		noSecret(t, where, text)
		if hasLine(text, string(private)) || strings.Contains(text, identity.String()) {
			t.Errorf("%s has a key:\n%s", where, text)
		}
	}
}
