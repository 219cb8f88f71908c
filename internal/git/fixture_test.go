package git

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fixture is a directory, and an environment in which plain git works without the configuration of whoever
// runs the test.
type fixture struct {
	testing.TB
	root string // of everything: what is beside the repository is no part of it
	dir  string // of the repository
	env  []string
}

func empty(t testing.TB) *fixture {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git to ask")
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{TB: t, root: root, dir: filepath.Join(root, "mesh")}
	f.mkdir("mesh")
	f.mkdir("home")
	home := filepath.Join(root, "home")
	f.env = append(slices.DeleteFunc(os.Environ(), func(variable string) bool { return strings.HasPrefix(variable, "GIT_") }),
		"HOME="+home, "XDG_CONFIG_HOME="+home, "USERPROFILE="+home, "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_GLOBAL="+filepath.Join(home, ".gitconfig"), "GIT_CEILING_DIRECTORIES="+root)
	f.write("home/.gitconfig", strings.Join([]string{
		"[user]", "name = t", "email = t@example.com", "[gc]", "auto = 0", "[maintenance]", "auto = false",
		"[advice]", "defaultBranchName = false", "[protocol]", "allow = always", "",
	}, "\n"))
	return f
}

// repository is a workspace with a commit.
func repository(t testing.TB) *fixture {
	t.Helper()
	f := empty(t)
	f.git("init", "--quiet", "--template=")
	f.git("symbolic-ref", "HEAD", "refs/heads/main") // init.defaultBranch came with 2.28
	f.write("mesh/.gitignore", "/credentials/\n")
	f.write("mesh/mesh.yaml", "kind: Mesh\n")
	f.write("mesh/clusters/east.yaml", "east\n")
	f.write("mesh/clusters/west.yaml", "west\n")
	f.commit("first")
	return f
}

func (f *fixture) path(name string) string { return filepath.Join(f.root, filepath.FromSlash(name)) }

func (f *fixture) mkdir(name string) {
	f.Helper()
	if err := os.MkdirAll(f.path(name), 0o755); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) write(name, text string) {
	f.Helper()
	f.mkdir(filepath.Dir(name))
	if err := os.WriteFile(f.path(name), []byte(text), 0o644); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) remove(name string) {
	f.Helper()
	if err := os.RemoveAll(f.path(name)); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) symlink(target, name string) {
	f.Helper()
	f.mkdir(filepath.Dir(name))
	if err := os.Symlink(target, f.path(name)); err != nil {
		f.Skip("no symbolic links here")
	}
}

// try runs plain git, and returns all that it says.
func (f *fixture) try(args ...string) (string, error) {
	cmd := exec.CommandContext(f.Context(), "git", args...)
	cmd.Dir, cmd.Env = f.dir, f.env
	out, err := cmd.CombinedOutput()
	return strings.TrimSuffix(string(out), "\n"), err
}

func (f *fixture) git(args ...string) string {
	f.Helper()
	cmd := exec.CommandContext(f.Context(), "git", args...)
	cmd.Dir, cmd.Env = f.dir, f.env
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		f.Fatalf("git %q: %v\n%s", args, err, complaint.String())
	}
	return strings.TrimSuffix(string(out), "\n")
}

func (f *fixture) commit(message string) {
	f.Helper()
	f.git("add", "--all")
	f.git("commit", "--quiet", "-m", message)
}

func (f *fixture) input() Input { return Input{Dir: f.dir, Environ: f.env} }

func (f *fixture) open() *Repository {
	f.Helper()
	r, err := Open(f.Context(), f.input())
	if err != nil {
		f.Fatal(err)
	}
	return r
}

func (f *fixture) guard(planned ...string) (Guarded, error) {
	return Guard(f.Context(), GuardInput{Input: f.input(), Secret: "credentials", Planned: planned})
}

// shell runs a command in the repository.
func (f *fixture) shell(command string) string {
	f.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil {
		f.Skip("no POSIX shell here")
	}
	cmd := exec.CommandContext(f.Context(), sh, "-c", command)
	cmd.Dir, cmd.Env = f.dir, f.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		f.Fatalf("%s: %v\n%s", command, err, out)
	}
	return strings.TrimSuffix(string(out), "\n")
}
