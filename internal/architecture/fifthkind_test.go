package architecture_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestFifthKind adds a kind of credential to the program by one new file and one line, and has every command know it:
// it is validated, rendered, explained, shown, rotated and revoked, and it is in the schema.
func TestFifthKind(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program a second time")
	}
	const reader = "reader: {auth: exec, discoveryURL: 'https://login.example.com'}, "
	overlay := fifthKind(t)
	program := build(t, overlay, "./cmd/kubectl-mesh")
	mesh := newMeshOf(t, program)

	mesh.write("reader: {auth: exek}, ")
	mesh.wants(2, "validate", `spec.clusters[1].reader.auth: Unsupported value: "exek"`, `did you mean "exec"?`)
	mesh.write("reader: {auth: exec}, ")
	mesh.wants(2, "validate", "spec.clusters[1].reader.discoveryURL: Required value",
		"name the server that the program logs in at")
	mesh.write(reader + "platform: k3s, ")
	mesh.wants(2, "credentials rotate --link east-west", "west runs K3s, where nobody can log in", "use reader.auth: token for it")

	mesh.write(reader)
	mesh.wants(0, "validate")
	mesh.wants(0, "render --cluster east", "command: mesh-login", "name: istio-remote-secret-west", "interactiveMode: Never")
	mesh.wants(0, "render --cluster west", "kind: User\n  name: login:east", "name: mesh-reader-east")
	mesh.wants(0, "render --output-dir deploy")
	mesh.holds("deploy/overlays/east/readers.yaml", "# istiod runs mesh-login.")
	mesh.holds("deploy/overlays/west/readers.yaml", "# The control plane of east, as the API server here knows it by its login.")
	mesh.holds("deploy/helm/east/istiod.yaml", "PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS: exec")
	mesh.wants(0, "describe link east-west", "user login:east", "proven by a login with mesh-login",
		"as long as the login server says", "the login server notes it")
	mesh.wants(0, "credentials status", "east-west   exec", "login:east", "ok")
	mesh.wants(0, "credentials status -o yaml", "reason: mesh-login gets one whenever istiod asks")
	mesh.wants(2, "credentials rotate --link east-west --apply --dry-run", "east logs in at west with mesh-login, which keeps nothing")
	mesh.wants(0, "credentials revoke --link east-west", "lock user login:east", "mesh-login is refused",
		"remove Secret istio-system/istio-remote-secret-west", "a login opens nothing any more")
	mesh.write(reader + "revokedReaders: {east: 1}, ")
	mesh.wants(0, "credentials rotate --link east-west --apply --dry-run",
		"1. (here): record generation 2\n", "2. west: apply ", "3. east: apply what east has for west")

	schema := filepath.Join(t.TempDir(), "v1alpha1")
	if err := os.CopyFS(schema, os.DirFS("../../pkg/apis/mesh/v1alpha1")); err != nil {
		t.Fatal(err)
	}
	generate := exec.CommandContext(t.Context(), build(t, overlay, "./internal/schema/gen"))
	generate.Dir = schema
	if out, err := generate.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(schema, "mesh.schema.json"))
	if err != nil || !strings.Contains(string(text), "\"external\",\n            \"exec\"\n") {
		t.Errorf("the schema does not list the kind: %v", err)
	}
}

// fifthKind is an overlay for the go command: one new file, and one line in the list of kinds.
func fifthKind(t *testing.T) string {
	t.Helper()
	access, err := filepath.Abs("../../pkg/access")
	if err != nil {
		t.Fatal(err)
	}
	kind, err := filepath.Abs("testdata/fifthkind/kind_exec.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(access, "kinds.go")
	text, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	with := strings.Replace(string(text), "\t\texternal{},\n", "\t\texternal{},\n\t\texec{},\n", 1)
	if strings.Count(with, "\n") != strings.Count(string(text), "\n")+1 {
		t.Fatal("pkg/access/kinds.go has no list of kinds that ends with external{}")
	}
	dir := t.TempDir()
	changed, overlay := filepath.Join(dir, "kinds.go"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {list: changed, filepath.Join(access, "kind_exec.go"): kind}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{changed: with, overlay: string(replace)} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return overlay
}

func build(t *testing.T, overlay, pkg string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), filepath.Base(pkg))
	command := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, "-o", program, pkg)
	command.Dir = "../.."
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("build %s with the fifth kind: %v\n%s", pkg, err, out)
	}
	return program
}

// meshOf is a workspace of two clusters, in which east reads west.
type meshOf struct {
	t            *testing.T
	program, dir string
}

func newMeshOf(t *testing.T, program string) meshOf {
	return meshOf{t: t, program: program, dir: t.TempDir()}
}

// write has west be read in some way.
func (m meshOf) write(west string) {
	m.t.Helper()
	text := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec:\n  trust: {ca: {provider: none}}\n  links: [{from: [east], to: [west]}]\n  clusters:\n" +
		"  - {name: east, api: {server: 'https://203.0.113.1'}}\n  - {name: west, " + west + "api: {server: 'https://203.0.113.2'}}\n"
	if err := os.WriteFile(filepath.Join(m.dir, "mesh.yaml"), []byte(text), 0o600); err != nil {
		m.t.Fatal(err)
	}
}

// wants runs the program, and looks for what it has to say.
func (m meshOf) wants(code int, arguments string, texts ...string) {
	m.t.Helper()
	command := exec.CommandContext(m.t.Context(), m.program, strings.Fields(arguments)...)
	command.Dir = m.dir
	command.Env = []string{"HOME=" + m.dir, "KUBECONFIG=" + filepath.Join(m.dir, "none"), "PATH=" + os.Getenv("PATH")}
	out, err := command.CombinedOutput()
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got, err = exit.ExitCode(), nil
	}
	if err != nil || got != code {
		m.t.Errorf("%s: exit code %d, want %d (%v)\n%s", arguments, got, code, err, out)
	}
	for _, text := range texts {
		if !strings.Contains(string(out), text) {
			m.t.Errorf("%s does not say %q:\n%s", arguments, text, out)
		}
	}
}

// holds looks for a text in a file.
func (m meshOf) holds(name, text string) {
	m.t.Helper()
	content, err := os.ReadFile(filepath.Join(m.dir, filepath.FromSlash(name)))
	if err != nil || !strings.Contains(string(content), text) {
		m.t.Errorf("%s does not hold %q: %v\n%s", name, text, err, content)
	}
}
