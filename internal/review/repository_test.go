package review_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// repository is a real Git repository that has a workspace at its top.
type repository struct {
	testing.TB
	dir string
	env []string
	// commits are the IDs of commits, by message.
	commits map[string]string
}

func newRepository(t testing.TB) *repository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git to ask")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &repository{TB: t, dir: dir, commits: map[string]string{}}
	r.env = append(slices.DeleteFunc(os.Environ(), func(variable string) bool { return strings.HasPrefix(variable, "GIT_") }),
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.com",
		"GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.com")
	r.git("init", "--quiet", "--template=")
	r.git("symbolic-ref", "HEAD", "refs/heads/main")
	return r
}

func (r *repository) git(args ...string) string {
	r.Helper()
	command := exec.CommandContext(r.Context(), "git", args...)
	command.Dir, command.Env = r.dir, r.env
	out, err := command.CombinedOutput()
	if err != nil {
		r.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r *repository) commit(message string) {
	r.Helper()
	r.git("add", "--all")
	r.git("commit", "--quiet", "--allow-empty", "-m", message)
	r.commits[message] = r.git("rev-parse", "HEAD")
}

// replace has the working tree hold a directory's files, and no others.
func (r *repository) replace(dir string) {
	r.Helper()
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		r.Fatal(err)
	}
	for _, entry := range entries {
		if entry.Name() != ".git" {
			if err := os.RemoveAll(filepath.Join(r.dir, entry.Name())); err != nil {
				r.Fatal(err)
			}
		}
	}
	if err := os.CopyFS(r.dir, os.DirFS(dir)); err != nil {
		r.Fatal(err)
	}
}

func (r *repository) writeMesh(text string) {
	r.Helper()
	file := filepath.Join(r.dir, "mesh.yaml")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		r.Fatal(err)
	}
}
