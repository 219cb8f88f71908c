package istio

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

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// workspace is a directory with a mesh.yaml, and a kubeconfig of its own with the context admin@NAME for each cluster.
type workspace struct {
	dir        string
	kubeconfig string
}

func newWorkspace(t *testing.T, all map[string]*clusters.Cluster) workspace {
	t.Helper()
	w := workspace{dir: t.TempDir(), kubeconfig: filepath.Join(t.TempDir(), "kubeconfig")}
	w.writeContexts(t, all)
	return w
}

// writeContexts writes the kubeconfig.
func (w workspace) writeContexts(t *testing.T, all map[string]*clusters.Cluster) {
	t.Helper()
	config := clientcmdapi.NewConfig()
	for _, c := range all {
		c.AddTo(config, "admin@"+c.Name)
	}
	if err := clientcmd.WriteToFile(*config, w.kubeconfig); err != nil {
		t.Fatal(err)
	}
}

func (w workspace) path(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

func (w workspace) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(w.path(name)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.path(name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// outcome is what a run of the program left on its streams.
type outcome struct {
	stdout, stderr string
	code           int
}

// run runs the program in the workspace, with an environment made from nothing.
func (w workspace) run(t *testing.T, args ...string) outcome {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = w.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "KUBECONFIG=" + w.kubeconfig}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatalf("run %s: %v", cmd, err)
	}
	return outcome{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// mustRun runs the program, which must exit with 0.
func (w workspace) mustRun(t *testing.T, args ...string) outcome {
	t.Helper()
	got := w.run(t, args...)
	if got.code != 0 {
		t.Fatalf("kubectl mesh %s: exit code %d\nstdout:\n%s\nstderr:\n%s",
			strings.Join(args, " "), got.code, got.stdout, got.stderr)
	}
	return got
}

// wantSaid looks for texts in what was said.
func (o outcome) wantSaid(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(o.stderr, text) {
			t.Errorf("stderr does not say %q:\n%s", text, o.stderr)
		}
	}
}

// pollInterval is how often a test looks.
const pollInterval = 100 * time.Millisecond

// eventually asks until check finds nothing wrong.
func eventually(t *testing.T, what string, check func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), settleTimeout)
	defer cancel()
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	var last error
	for {
		err := check(ctx)
		if err == nil {
			return
		}
		if last == nil || ctx.Err() == nil { // what was cut off says nothing
			last = err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatalf("wait until %s: %v", what, last)
		}
	}
}
