package sops_test

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

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run builds both programs and puts them on the PATH.
func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "sops")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // what stays is clutter
	for _, build := range [][]string{
		{"build", "-C", "../..", "-o", dir, "./cmd/kubectl-mesh"},
		{"build", "-o", dir, "github.com/getsops/sops/v3/cmd/sops"},
	} {
		if out, err := exec.CommandContext(context.Background(), "go", build...).CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "go %s: %v\n%s", strings.Join(build, " "), err, out)
			return 1
		}
	}
	if err := os.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// workspace is the directory of a mesh with its credentials.
type workspace struct {
	t   *testing.T
	dir string
}

// newWorkspace is two clusters that read each other, what mesh.yaml says of sealing, and files for that.
func newWorkspace(t *testing.T, spec string, files map[string]string) workspace {
	t.Helper()
	w := workspace{t, t.TempDir()}
	for name, text := range files {
		w.write(name, text)
	}
	w.write("mesh.yaml", fmt.Sprintf(`apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  reader: {allowNonExpiring: true}
%s
  clusters:
  - {name: east, api: {server: "https://203.0.113.10"}}
  - {name: west, api: {server: "https://203.0.113.20"}}
`, spec))
	w.write("credentials/west/east/token", "token-of-west-for-east\n")
	w.write("credentials/east/west/token", "token-of-east-for-west\n")
	w.mesh("ca", "init", "--insecure-no-passphrase")
	w.mesh("ca", "issue", "--all")
	return w
}

func (w workspace) write(name, text string) {
	w.t.Helper()
	file := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func (w workspace) read(name string) []byte {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil {
		w.t.Fatal(err)
	}
	return text
}

// mesh runs kubectl mesh and returns what it prints.
func (w workspace) mesh(args ...string) string {
	w.t.Helper()
	return w.must(w.command("kubectl-mesh", args...))
}

// sops runs sops with an identity and returns what it prints.
func (w workspace) sops(identity string, args ...string) string {
	w.t.Helper()
	cmd := w.command("sops", args...)
	cmd.Env = append(os.Environ(), "SOPS_AGE_KEY="+identity, "HOME="+w.dir)
	return w.must(cmd)
}

func (w workspace) command(program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(w.t.Context(), program, args...)
	cmd.Dir = w.dir
	return cmd
}

func (w workspace) must(cmd *exec.Cmd) string {
	w.t.Helper()
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatalf("%s: %v\n%s%s", strings.Join(cmd.Args, " "), err, out, complaint.String())
	}
	return string(out)
}
