package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// caInputs are secrets where the ca commands look for keys, certificates and requests.
func caInputs() []input {
	var inputs []input
	for name := range strings.FieldsSeq(`
		credentials/root-key.pem credentials/root-key.pem.age credentials/next-root-key.pem credentials/east/ca-key.pem
		trust/root-cert.pem trust/east/ca-cert.pem trust/east/cert-chain.pem trust/east/ca.csr
		theirs/ca-key.pem theirs/ca-cert.pem theirs/tls.key theirs/tls.crt theirs/ca.crt
	`) {
		for what, text := range map[string]string{
			"a broken key": canaryKey(), "a key in base64": canaryKeyData(), "a token": canaryToken(), "an opaque token": canaryOpaque,
			"a certificate and a key": authority + canaryKey(), "two keys": canaryKey() + canaryKey(),
			"an EC key":    strings.ReplaceAll(canaryKey(), "PRIVATE", "EC PRIVATE"),
			"a sealed key": "-----BEGIN AGE ENCRYPTED FILE-----\n" + canaryKeyData() + "\n-----END AGE ENCRYPTED FILE-----\n",
		} {
			inputs = append(inputs, input{name: name + ", " + what, files: map[string]string{name: text}})
		}
	}
	return inputs
}

// caCommands read all of them.
func caCommands() []command {
	return []command{
		{args: "ca status"},
		{args: "ca status -o json"},
		{args: "ca init"},
		{args: "ca import --cluster=east theirs"},
		{args: "ca import --cluster=east theirs/ca-cert.pem theirs/tls.crt theirs/ca-key.pem"},
		{args: "ca import --cluster=east mesh.yaml --root-ca=theirs/ca.crt"},
		{args: "ca sign --cluster=east --fingerprint=SHA256:00"},
		{args: "ca sign --cluster=east theirs/ca-key.pem"},
		{args: "ca issue --all"},
		{args: "ca request --cluster=east"},
		{args: "ca rotate --root --offline --workloads-renewed --insecure-no-passphrase"},
		{args: "ca rotate --root --abort --offline --workloads-renewed"},
		{args: "ca rotate --cluster=east"},
		{args: "ca issue --cluster=west"},
		{args: "validate -o json"},
		{args: "render --cluster=east --secrets=mask"},
		{args: "render --output-dir=deploy"},
	}
}

// TestCanaryAuthority leads an authority through its life, with a key under a passphrase and a git
// that writes down all it can see. Nothing of the keys or of the passphrase is in what anybody is
// shown, in the reviewed files, or in what git has seen.
func TestCanaryAuthority(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("a child of the program looks at its files in /proc")
	}
	enter(t, signingClusters())
	a := newWitness(t)
	for _, args := range []string{
		"ca init --passphrase-fd=3", "ca issue --all --passphrase-fd=3", "ca status -o json", "ca rotate --cluster=east --passphrase-fd=3",
		"render --output-dir=deploy", "render --cluster=east --secrets=mask", "render --cluster=east --secrets=skip", "validate",
		"ca rotate --root --offline --workloads-renewed --passphrase-fd=3", "render --output-dir=deploy", "ca rotate --root --offline --workloads-renewed --passphrase-fd=3",
		"render --output-dir=deploy", "ca rotate --root --offline --workloads-renewed --passphrase-fd=3", "ca status", "ca request --cluster=west",
	} {
		a.run(t, args)
	}
	if a.seen(t) == "" {
		t.Error("git was never asked: is the witness on the PATH?")
	}
	// The test would notice: the stream has the key.
	if text := run(false, "render", "--cluster=east").stdout; !strings.Contains(text, "ca-key.pem: |") {
		t.Errorf("no key in the stream:\n%s", text)
	}
}

// witness is a git that writes down its arguments, its environment and its open files.
type witness struct{ passphrase, record string }

func newWitness(t *testing.T) witness {
	t.Helper()
	w := witness{passphrase: filepath.Join(t.TempDir(), "passphrase"), record: filepath.Join(t.TempDir(), "record")}
	if err := os.WriteFile(w.passphrase, []byte(canaryPassword+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	program, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	script := "#!/bin/sh\n{ echo \"$@\"; env; for file in /proc/$$/fd/[3-9]; do test -f \"$file\" && cat \"$file\"; done; } >>'" + w.record + "'\nexec '" + program + "' \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return w
}

// run starts the program, with the passphrase on a file descriptor, as a shell does it.
func (w witness) run(t *testing.T, args string) {
	t.Helper()
	file, err := os.Open(w.passphrase)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cmd := exec.CommandContext(t.Context(), "kubectl-mesh", strings.Fields(args)...)
	cmd.ExtraFiles = []*os.File{file}
	cmd.Env = append(os.Environ(), "GOGC=off") // or the collector may close the file before git starts, or not
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", args, err, out)
	}
	w.look(t, "output of "+args, string(out))
	w.look(t, "what git saw of "+args, w.seen(t))
	for name, text := range filesHere(t) {
		if !strings.HasPrefix(name, "credentials/") {
			w.look(t, name+" after "+args, text)
		}
	}
}

func (w witness) seen(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(w.record)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(text)
}

// look looks for the passphrase and for every key that is there now.
func (w witness) look(t *testing.T, where, text string) {
	t.Helper()
	noSecret(t, where, text)
	keys := 0
	for name, key := range filesHere(t) {
		if !strings.HasSuffix(name, "-key.pem") && !strings.HasSuffix(name, ".key") {
			continue
		}
		keys++
		w.lookFor(t, where, text, name, key)
	}
	if strings.Contains(where, "ca rotate") && keys == 0 {
		t.Error("there is no key to look for")
	}
}

// lookFor looks for one key.
func (witness) lookFor(t *testing.T, where, text, name, key string) {
	t.Helper()
	if hasLine(text, key) {
		t.Errorf("%s has a line of %s:\n%s", where, name, text)
	}
}

// hasLine reports whether a text has a line of a key, as it is or as kubeconfigs have it, in base64.
func hasLine(text, key string) bool {
	for line := range strings.SplitSeq(key, "\n") {
		// The first line of a P-256 key is that of all such keys.
		if len(line) != 64 || strings.HasPrefix(line, "MIGH") {
			continue
		}
		for _, form := range forms(line) {
			if strings.Contains(text, form) {
				return true
			}
		}
	}
	return false
}
