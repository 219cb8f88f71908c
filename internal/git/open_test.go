package git

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// in replaces the directory of the test, which has another name each time.
func (f *fixture) in(text string) string { return strings.ReplaceAll(text, f.root, "ROOT") }

func (f *fixture) wantError(err error, is error, text string, remedies ...string) {
	f.Helper()
	if !errors.Is(err, is) || f.in(err.Error()) != text {
		f.Errorf("got error %q, want %q", f.in(err.Error()), text)
	}
	if got, want := f.in(strings.Join(hint.Of(err), "\n")), strings.Join(remedies, "\n"); got != want {
		f.Errorf("got remedies\n%s\nwant\n%s", got, want)
	}
}

// program puts a program of this name on PATH, alone or before all others.
func (f *fixture) program(name, script, path string) {
	f.Helper()
	if runtime.GOOS == "windows" {
		f.Skip("needs a POSIX shell")
	}
	f.write("bin/"+name, "#!/bin/sh\n"+script+"\n")
	if err := os.Chmod(f.path("bin/"+name), 0o755); err != nil {
		f.Fatal(err)
	}
	f.Setenv("PATH", f.path("bin")+path)
}

func TestOpen(t *testing.T) {
	f := repository(t)
	for dir, sub := range map[string]string{"mesh": "", "mesh/clusters": "clusters"} {
		r, err := Open(t.Context(), Input{Dir: f.path(dir), Environ: f.env})
		if err != nil || r.Top() != f.dir || r.sub != sub {
			t.Errorf("%s: got top %q, sub %q, error %v", dir, r.Top(), r.sub, err)
		}
	}
}

func TestOpenWithoutRepository(t *testing.T) {
	f := empty(t)
	_, err := Open(t.Context(), f.input())
	f.wantError(err, ErrNoRepository, "ROOT/mesh: not in a Git repository")
}

func TestOpenWithoutProgram(t *testing.T) {
	f := empty(t)
	f.program("other", "", "")
	_, err := Open(t.Context(), f.input())
	f.wantError(err, ErrNoProgram, "git is not installed")
}

// A git in the workspace, found by a dot on PATH, is not run, and its absence is no reason to go on.
func TestOpenWithProgramOfTheWorkspace(t *testing.T) {
	f := repository(t)
	f.program("git", "true", "")
	t.Chdir(f.path("bin"))
	t.Setenv("PATH", ".")
	_, err := Open(t.Context(), f.input())
	if err == nil || errors.Is(err, ErrNoProgram) || !strings.HasPrefix(err.Error(), "run git: exec: ") {
		t.Errorf("got error %v", err)
	}
}

func TestOpenOfAnotherOwner(t *testing.T) {
	f := repository(t)
	if !atLeast(f, "2.36") {
		t.Skip("git before 2.36 asks for no owner")
	}
	f.program("git", `PATH=${PATH#*:} GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec git "$@"`, string(os.PathListSeparator)+os.Getenv("PATH"))
	f.write("mesh/below/x", "")
	_, err := Open(t.Context(), Input{Dir: f.path("mesh/below"), Environ: f.env})
	f.wantError(err, ErrDubiousOwnership, "ROOT/mesh/below: the Git repository is owned by another user",
		"if you trust its owner: git config --global --add safe.directory ROOT/mesh")

	// The user says so: in a file, and in the environment, as CI does.
	before := f.env
	f.env = append(f.env, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0="+f.dir)
	f.open()
	f.env = before
	f.write("home/.gitconfig", "[safe]\n\tdirectory = "+f.dir+"\n")
	f.open()
}

func TestOpenUnusable(t *testing.T) {
	f := repository(t)
	f.mkdir("elsewhere")
	f.git("config", "core.worktree", f.path("elsewhere"))
	_, err := Open(t.Context(), f.input())
	f.wantError(err, ErrUnusable, "ROOT/mesh: the Git repository cannot be used: its work tree is elsewhere")

	f.write("mesh/.git/config", "[core\n")
	_, err = Open(t.Context(), f.input())
	f.wantError(err, ErrUnusable, "ROOT/mesh: the Git repository cannot be used: git rev-parse: bad config line 1 in file "+
		configOf(f), "git -C ROOT/mesh status")
}

// Files of the work tree that look like a bare repository are none, and do not hide the real one.
func TestOpenBare(t *testing.T) {
	f := repository(t)
	f.git("init", "--quiet", "--bare", "looks")
	f.dir = f.path("mesh/looks")
	f.git("config", "core.bare", "false")
	f.git("config", "core.worktree", f.dir)
	_, err := Open(t.Context(), f.input())
	if atLeast(f, "2.38") {
		f.wantError(err, ErrUnusable, "ROOT/mesh/looks: the Git repository cannot be used: git rev-parse: cannot use bare repository 'ROOT/mesh/looks' "+
			"(safe.bareRepository is 'explicit')", "git -C ROOT/mesh/looks status")
		return
	}
	f.wantError(err, ErrUnusable, "ROOT/mesh/looks: the Git repository cannot be used: its work tree is the repository itself")
}

// configOf is how this version of git names the file.
func configOf(f *fixture) string {
	out, _ := f.try("rev-parse")
	return f.in(out[strings.LastIndex(out, " ")+1:])
}

func TestOpenWithLineBreak(t *testing.T) {
	f := empty(t)
	dir := filepath.Join(f.dir, "a\nb")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Skip("no such names here")
	}
	f.git("-C", dir, "init", "--quiet")
	_, err := Open(t.Context(), Input{Dir: dir, Environ: f.env})
	if !errors.Is(err, ErrUnusable) {
		t.Errorf("got error %v", err)
	}
}

// Variables that git sets for its hooks would lead to another repository and another index.
func TestOpenInsideOfAHook(t *testing.T) {
	f := repository(t)
	f.git("init", "--quiet", f.path("other"))
	f.env = append(f.env, "GIT_DIR="+f.path("other/.git"), "GIT_WORK_TREE="+f.path("other"), "GIT_INDEX_FILE="+f.path("other/index"))
	r := f.open()
	if got, err := r.Tracked(t.Context(), "mesh.yaml"); err != nil || len(got) != 1 || r.Top() != f.dir {
		t.Errorf("got %q in %s, error %v", got, r.Top(), err)
	}
}

func TestInterrupted(t *testing.T) {
	f := repository(t)
	r := f.open()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range calls(ctx, f, r.git) {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
}

func TestAnswerIsBounded(t *testing.T) {
	f := repository(t)
	r := f.open()
	r.git.maxAnswer = 10
	_, err := r.Tracked(t.Context())
	f.wantError(err, ErrTooLarge, "list tracked files: git ls-files: output larger than the limit of 10 bytes")
}

func TestFirstLine(t *testing.T) {
	for said, want := range map[string]string{
		"":                               "",
		"fatal: not a git repository\nx": "not a git repository",
		"warning: a\nfatal: b\nhint: c":  "b",
		"error: \x1b[31m\xff":            "error: �[31m�",
	} {
		if got := firstLine(said); got != want {
			t.Errorf("%q: got %q, want %q", said, got, want)
		}
	}
}
