package e2e

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// workspace is a directory with a mesh.yaml and a kubeconfig of its own.
type workspace struct {
	dir        string
	kubeconfig string
}

// newWorkspace is a firstWorkspace whose owner has pinned the UID of each cluster: so every context is proven to lead
// where it should, whatever mesh.yaml declares, and through a gate too.
func newWorkspace(t testing.TB, all []*clusters.Cluster, lines ...string) workspace {
	t.Helper()
	w := firstWorkspace(t, all, lines...)
	text := "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: State\nspec:\n  clusters:\n"
	for _, c := range all {
		text += "    " + c.Name + ": {uid: " + uid(t, c) + "}\n"
	}
	w.write(t, stateFile, text)
	return w
}

// stateFile has what the program has recorded of the clusters.
const stateFile = ".kubectl-mesh/state.yaml"

// firstWorkspace has a kubeconfig with the context admin@NAME for each cluster, and a mesh.yaml with these lines below
// clusters. Nothing proves yet where the contexts lead. All servers are on this machine, which is waived.
func firstWorkspace(t testing.TB, all []*clusters.Cluster, lines ...string) workspace {
	t.Helper()
	w := workspace{dir: t.TempDir(), kubeconfig: filepath.Join(t.TempDir(), "kubeconfig")}
	config := clientcmdapi.NewConfig()
	for _, c := range all {
		c.AddTo(config, "admin@"+c.Name)
	}
	w.writeKubeconfig(t, config)
	if lines == nil {
		for _, c := range all {
			lines = append(lines, "- {name: "+c.Name+", context: admin@"+c.Name+"}")
		}
	}
	w.writeMesh(t, lines...)
	return w
}

func (w workspace) writeKubeconfig(t testing.TB, config *clientcmdapi.Config) {
	t.Helper()
	content, err := clientcmd.Write(*config)
	if err != nil {
		t.Fatalf("encode the kubeconfig: %v", err)
	}
	if err := os.WriteFile(w.kubeconfig, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// othersCertify leaves the certificates to others: nothing is held back for want of them.
const othersCertify = "  trust: {ca: {provider: none}}\n"

// certify has the certificates come from the workspace.
func (w workspace) certify(t testing.TB) {
	t.Helper()
	w.write(t, "mesh.yaml", strings.Replace(w.read(t, "mesh.yaml"), othersCertify, "", 1))
}

func (w workspace) writeMesh(t testing.TB, lines ...string) {
	t.Helper()
	w.write(t, "mesh.yaml", strings.Join([]string{
		"apiVersion: kubectl-mesh.dev/v1alpha1", "kind: Mesh", "metadata: {name: shop}", "spec:", strings.TrimSuffix(othersCertify, "\n"),
		"  reader: {allowNonExpiring: true}",
		"  waivers: [{rule: MESH006, reason: all on one machine}]", "  clusters:", "  ",
	}, "\n")+strings.Join(lines, "\n  ")+"\n")
}

func (w workspace) path(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

func (w workspace) write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(w.path(name)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.path(name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (w workspace) read(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(w.path(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// wantPinned compares all that was recorded with the UIDs of these clusters.
func (w workspace) wantPinned(t testing.TB, all ...*clusters.Cluster) {
	t.Helper()
	want := "# Written by kubectl mesh: verified clusters and valid credential generations. Commit it, do not edit it.\n" +
		"apiVersion: kubectl-mesh.dev/v1alpha1\nkind: State\nspec:\n  clusters:\n"
	for _, c := range all {
		want += "    " + c.Name + ":\n      uid: " + uid(t, c) + "\n"
	}
	if got := w.read(t, stateFile); got != want {
		t.Errorf("%s: got\n%s\nwant\n%s", stateFile, got, want)
	}
}

// missing asserts that there is no such file.
func (w workspace) missing(t testing.TB, name string) {
	t.Helper()
	if _, err := os.Lstat(w.path(name)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s: got %v, want that it does not exist", name, err)
	}
}

// outcome is what a run of the program left on its streams.
type outcome struct {
	stdout, stderr string
	code           int
}

// command is the program in the workspace, with an environment made from nothing.
func (w workspace) command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = w.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "KUBECONFIG=" + w.kubeconfig}
	return cmd
}

func (w workspace) run(t testing.TB, args ...string) outcome {
	t.Helper()
	got := finish(t, w.command(t, args...))
	if args[0] == "credentials" {
		noCredential(t, got)
	}
	return got
}

// noCredential asserts that nothing that was said or printed is a token or a key.
func noCredential(t testing.TB, got outcome) {
	t.Helper()
	for _, shape := range []string{"eyJ", "PRIVATE KEY", "LS0tLS1CRUdJTiBQUklWQVRF"} {
		if strings.Contains(got.stdout+got.stderr, shape) {
			t.Errorf("a credential was printed:\n%s%s", got.stdout, got.stderr)
		}
	}
}

func finish(t testing.TB, cmd *exec.Cmd) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatalf("run %s: %v", cmd, err)
	}
	return outcome{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// mustRun runs the program, which must exit with 0.
func (w workspace) mustRun(t testing.TB, args ...string) outcome {
	t.Helper()
	got := w.run(t, args...)
	got.wantCode(t, 0)
	return got
}

func (o outcome) wantCode(t testing.TB, want int) {
	t.Helper()
	if o.code != want {
		t.Fatalf("exit code: got %d, want %d\nstdout:\n%s\nstderr:\n%s", o.code, want, o.stdout, o.stderr)
	}
}

// wantStderr compares all that was said.
func (o outcome) wantStderr(t testing.TB, lines ...string) {
	t.Helper()
	if want := strings.Join(lines, "\n") + "\n"; o.stderr != want {
		t.Errorf("stderr: got\n%s\nwant\n%s", o.stderr, want)
	}
}

// wantSaid looks for texts in what was said.
func (o outcome) wantSaid(t testing.TB, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(o.stderr, text) {
			t.Errorf("stderr does not say %q:\n%s", text, o.stderr)
		}
	}
}

// eventually polls until done says yes.
func eventually(t testing.TB, what string, done func(context.Context) bool) {
	t.Helper()
	poll := func(ctx context.Context) (bool, error) { return done(ctx), nil }
	if err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, time.Minute, true, poll); err != nil {
		t.Fatalf("wait until %s: %v", what, err)
	}
}
