package gcloud

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// program is the path of the binary under test.
var program string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "kubectl-mesh-gcloud-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // what stays is clutter
	program = filepath.Join(dir, "kubectl-mesh")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", program, "./cmd/kubectl-mesh")
	build.Dir = filepath.Join("..", "..", "..")
	build.Env = append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// need finds a program, or skips the test aloud. Where CI has found it, its absence is a failure.
func need(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	message := fmt.Sprintf("NOT TESTED: no %s on PATH, so the scripts were not run with it", name)
	if strings.Contains(" "+os.Getenv("REQUIRED_PROGRAMS")+" ", " "+name+" ") {
		t.Fatal(message)
	}
	fmt.Fprintf(os.Stderr, "\n*** %s: %s ***\n\n", t.Name(), message)
	t.Skip(message)
	return ""
}

// workspace is a directory with a mesh.yaml, whose scripts are run against a stub.
type workspace struct {
	dir, home string
	stub      *stub
}

// newWorkspace copies the input of a scenario.
func newWorkspace(t *testing.T, scenario string) workspace {
	t.Helper()
	w := workspace{dir: t.TempDir(), home: t.TempDir(), stub: newStub(t)}
	from := filepath.Join("..", "..", "..", "testdata", "scenarios", scenario)
	text, err := os.ReadFile(filepath.Join(from, "mesh.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, string(text))
	if _, err := os.Stat(filepath.Join(from, "clusters")); err == nil {
		if err := os.CopyFS(filepath.Join(w.dir, "clusters"), os.DirFS(filepath.Join(from, "clusters"))); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// write makes a mesh.yaml, and renders it.
func (w workspace) write(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, "mesh.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (w workspace) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// change replaces text of mesh.yaml, which must be there, and renders.
func (w workspace) change(t *testing.T, oldAndNew ...string) {
	t.Helper()
	text := w.read(t, "mesh.yaml")
	for i := 0; i < len(oldAndNew); i += 2 {
		if !strings.Contains(text, oldAndNew[i]) {
			t.Fatalf("mesh.yaml has no %q", oldAndNew[i])
		}
		text = strings.ReplaceAll(text, oldAndNew[i], oldAndNew[i+1])
	}
	w.write(t, text)
	w.render(t)
}

func (w workspace) render(t *testing.T) {
	t.Helper()
	render := exec.CommandContext(t.Context(), program, "render", "--output-dir", "deploy")
	render.Dir = w.dir
	render.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.home}
	// 3: all but the certificates, which these tests are not about.
	if out, err := render.CombinedOutput(); err != nil && render.ProcessState.ExitCode() != 3 {
		t.Fatalf("render: %v\n%s", err, out)
	}
}

// result is what a script left on its streams.
type result struct {
	stdout, stderr string
	code           int
}

// script runs one, by its name and argument, from the directory of mesh.yaml.
func (w workspace) script(t *testing.T, name string, args ...string) result {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), need(t, "bash"), append(strings.Fields("deploy/gcloud/"+name), args...)...)
	cmd.Dir, cmd.Env = w.dir, w.stub.environment(w.home, os.Getenv("PATH"))
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatalf("run %s: %v", name, err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// mustRun runs a script, which must exit with 0 and print these lines.
func (w workspace) mustRun(t *testing.T, name string, args []string, lines ...string) {
	t.Helper()
	got := w.script(t, name, args...)
	if want := strings.Join(lines, "\n") + "\n"; got.code != 0 || got.stdout != want {
		t.Errorf("%s %s: exit code %d, printed\n%s\nwant\n%s\nstderr\n%s", name, args, got.code, got.stdout, want, got.stderr)
	}
}

// mustFail runs a script that must stop with these lines on stderr and change nothing.
func (w workspace) mustFail(t *testing.T, code int, name string, args []string, said ...string) {
	t.Helper()
	got := w.script(t, name, args...)
	if got.code != code {
		t.Errorf("%s %s: exit code %d, want %d\n%s%s", name, args, got.code, code, got.stdout, got.stderr)
	}
	for _, text := range said {
		if !strings.Contains(got.stderr, text) {
			t.Errorf("%s %s does not say %q:\n%s", name, args, text, got.stderr)
		}
	}
	w.wantChanges(t)
}
