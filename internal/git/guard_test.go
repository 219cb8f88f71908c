package git

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// said is an error as a user reads it.
func (f *fixture) said(err error) string {
	var lines []string
	for _, problem := range hint.List(err) {
		lines = append(lines, problem.Text)
		for _, remedy := range problem.Remedies {
			lines = append(lines, "hint: "+remedy)
		}
	}
	return f.in(strings.Join(lines, "\n"))
}

const (
	addLine   = "\nhint: make /credentials/ the last line of ROOT/mesh/.gitignore"
	untrack   = "\nhint: git -C ROOT/mesh rm -r --cached --ignore-unmatch -- credentials, and commit that"
	rotate    = "\nhint: treat every credential that was committed as compromised: rotate it"
	inTheOpen = "credentials/ is not ignored by Git"
)

func TestGuard(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(f *fixture)
		want    string
	}{
		"ignored, not there":           {func(f *fixture) {}, ""},
		"ignored":                      {func(f *fixture) { f.write("mesh/credentials/west/east/token", "") }, ""},
		"ignored by a file of its own": {func(f *fixture) { f.write("mesh/.gitignore", ""); f.write("mesh/credentials/.gitignore", "*\n") }, ""},
		"its own .gitignore is to be committed": {func(f *fixture) {
			f.write("mesh/.gitignore", "")
			f.write("mesh/credentials/.gitignore", "*\n!.gitignore\n")
		}, ""},
		"its own .gitignore is tracked": {func(f *fixture) {
			f.write("mesh/credentials/.gitignore", "*\n")
			f.git("add", "-f", "credentials/.gitignore")
		}, ""},
		"ignored in this clone": {func(f *fixture) { f.write("mesh/.gitignore", ""); f.write("mesh/.git/info/exclude", "credentials\n") }, ""},
		"ignored for this user": {func(f *fixture) {
			f.write("mesh/.gitignore", "")
			f.write("home/ignore", "/credentials/\n")
			f.git("config", "--global", "core.excludesFile", f.path("home/ignore"))
		}, ""},
		"not ignored":         {func(f *fixture) { f.write("mesh/.gitignore", "") }, inTheOpen + addLine},
		"a blank before it":   {func(f *fixture) { f.write("mesh/.gitignore", " /credentials/\n") }, inTheOpen + addLine},
		"tokens alone":        {func(f *fixture) { f.write("mesh/.gitignore", "token\n") }, inTheOpen + addLine},
		"the top level alone": {func(f *fixture) { f.write("mesh/.gitignore", "/credentials/*.pem\n/credentials/*/\n") }, inTheOpen + addLine},
		"taken out at the end": {func(f *fixture) {
			f.write("mesh/.gitignore", "/credentials/\n!/credentials/\n")
			f.mkdir("mesh/credentials")
		}, inTheOpen + "\nhint: remove the pattern !/credentials/ at .gitignore:2" + addLine},
		"taken out, not there": {func(f *fixture) { f.write("mesh/.gitignore", "/credentials/\n!/credentials/\n") }, inTheOpen + addLine},
		"a link for a file": {func(f *fixture) {
			if !atLeast(f, "2.32") {
				f.Skip("git before 2.32 follows it")
			}
			f.remove("mesh/.gitignore")
			f.write("mesh/ignore", "/credentials/\n")
			f.symlink("ignore", "mesh/.gitignore")
		}, inTheOpen + "\nhint: replace ROOT/mesh/.gitignore, a symbolic link that Git does not follow, with the line /credentials/"},
		"taken out below": {
			func(f *fixture) {
				f.write("mesh/.gitignore", "/credentials/*\n")
				f.write("mesh/credentials/.gitignore", "# exceptions\n!token\n")
				f.write("mesh/credentials/token", "")
			},
			"credentials/token is not ignored by Git\nhint: remove the pattern !token at credentials/.gitignore:2" + addLine,
		},
		"taken out, one that is planned": {
			func(f *fixture) {
				f.write("mesh/.gitignore", "/credentials/**\n!/credentials/*/\n!/credentials/*/ca-key.pem\n")
			},
			"credentials/east/ca-key.pem is not ignored by Git\nhint: remove the pattern !/credentials/*/ca-key.pem at .gitignore:3" + addLine,
		},
		"taken out for this clone": {
			func(f *fixture) {
				f.write("mesh/.gitignore", "")
				f.write("home/ignore", "/credentials/\n")
				f.git("config", "--global", "core.excludesFile", f.path("home/ignore"))
				f.write("mesh/.git/info/exclude", "!credentials\n")
			},
			inTheOpen + "\nhint: remove the pattern !credentials at .git/info/exclude:1" + addLine,
		},
		"tracked": {
			func(f *fixture) {
				for _, name := range []string{"a", "b", "c", "d", "e"} {
					f.write("mesh/credentials/west/"+name+"/token", "")
				}
				f.git("add", "--force", "credentials")
			},
			"credentials/west/a/token, credentials/west/b/token, credentials/west/c/token and 2 more are tracked by Git" + untrack + rotate,
		},
		"tracked, no longer there, and not ignored": {
			func(f *fixture) {
				f.write("mesh/credentials/token", "")
				f.git("add", "--force", "credentials")
				f.remove("mesh/credentials")
				f.write("mesh/.gitignore", "")
			},
			"credentials/token is tracked by Git" + untrack + rotate + "\n" + inTheOpen + addLine,
		},
		"tracked by the repository around this one": {
			func(f *fixture) {
				f.env = append(f.env, "GIT_CEILING_DIRECTORIES=")
				f.write("mesh/credentials/token", "")
				f.git("-C", f.root, "init", "--quiet")
				f.git("-C", f.root, "update-index", "--add", "--cacheinfo", "100644,"+f.git("rev-parse", "HEAD:mesh.yaml")+",mesh/credentials/token")
			},
			"mesh/credentials/token is tracked by Git\nhint: git -C ROOT rm -r --cached --ignore-unmatch -- mesh/credentials, and commit that" + rotate,
		},
		"a repository inside": {
			func(f *fixture) {
				f.git("init", "--quiet", "credentials")
				f.git("init", "--quiet", "credentials/west")
			},
			"credentials/.git: a Git repository in the credentials directory, which can commit them\nhint: move it to another directory, or: rm -r ROOT/mesh/credentials/.git\n" +
				"credentials/west/.git: a Git repository in the credentials directory, which can commit them\nhint: move it to another directory, or: rm -r ROOT/mesh/credentials/west/.git",
		},
		"a work tree inside": {
			func(f *fixture) { f.git("worktree", "add", "--quiet", "credentials/west") },
			"credentials/west/.git: a Git repository in the credentials directory, which can commit them\nhint: move it to another directory, or: rm -r ROOT/mesh/credentials/west/.git",
		},
		"a link to another directory": {
			func(f *fixture) { f.symlink("../clusters", "mesh/credentials/west") },
			"credentials/west: a symbolic link to a directory, where Git may not ignore credentials\nhint: replace it with a directory",
		},
		"a link as a whole": {
			func(f *fixture) { f.symlink("clusters", "mesh/credentials") },
			"credentials: a symbolic link to a directory, where Git may not ignore credentials\nhint: replace it with a directory",
		},
		"a link to a file": {func(f *fixture) { f.symlink("/run/token", "mesh/credentials/west/token") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := repository(t)
			test.prepare(f)
			guarded, err := f.guard("west/east/token", "east/ca-key.pem")
			if got := f.said(err); got != test.want || guarded.Unverified != nil {
				t.Errorf("got\n%s\n(unverified: %v) want\n%s", got, guarded.Unverified, test.want)
			}
		})
	}
}

// Two worktrees have an index each, and the same rules of the clone.
func TestGuardInWorktree(t *testing.T) {
	f := repository(t)
	f.write("mesh/credentials/token", "")
	f.git("add", "--force", "credentials")
	f.git("worktree", "add", "--quiet", "../second")
	f.dir = f.path("second")
	if _, err := f.guard(); err != nil {
		t.Errorf("got error %v", err)
	}
	f.write("second/credentials/key", "")
	f.git("add", "--force", "credentials")
	if _, err := f.guard(); err == nil || !strings.HasPrefix(err.Error(), "credentials/key is tracked by Git") {
		t.Errorf("got error %v", err)
	}
}

// The index may spell a directory in another way where the file system takes both for one.
func TestGuardIgnoresCase(t *testing.T) {
	f := repository(t)
	f.write("mesh/Credentials/token", "")
	f.write("mesh/credentials/x", "")
	same := !exists(f.path("mesh/credentials/token"))
	f.git("add", "--force", "Credentials")
	_, err := f.guard()
	if same && err != nil || !same && err == nil {
		t.Errorf("two directories: %t, error %v", same, err)
	}
	if !same {
		return
	}
	// A link makes one directory of two here.
	f.remove("mesh/Credentials")
	f.symlink("credentials", "mesh/Credentials")
	if _, err := f.guard(); f.said(err) != "Credentials/token is tracked by Git"+untrack+rotate {
		t.Errorf("got %s", f.said(err))
	}
}

func TestGuardUnverified(t *testing.T) {
	const whole = "\nhint: make sure that credentials/ is never committed or copied"
	f := empty(t)
	guarded, err := f.guard()
	if got := f.said(guarded.Unverified); err != nil || got != "not verified that Git ignores credentials/: ROOT/mesh: not in a Git repository"+whole {
		t.Errorf("no repository: got %s, error %v", got, err)
	}

	f = repository(t)
	if atLeast(f, "2.36") {
		f.program("git", `PATH=${PATH#*:} GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec git "$@"`, string(os.PathListSeparator)+os.Getenv("PATH"))
		guarded, err = f.guard()
		if got := f.said(guarded.Unverified); err != nil || got != "not verified that Git ignores credentials/: ROOT/mesh: the Git repository is owned by another user\n"+
			"hint: if you trust its owner: git config --global --add safe.directory ROOT/mesh" {
			t.Errorf("another owner: got %s, error %v", got, err)
		}
	}

	f.program("other", "", "")
	f.remove("bin/git")
	guarded, err = f.guard()
	if got := f.said(guarded.Unverified); err != nil || got != "not verified that Git ignores credentials/: git is not installed\n"+
		"hint: install git, or make sure that credentials/ is never committed or copied" {
		t.Errorf("no program: got %s, error %v", got, err)
	}
}

// What keeps git from answering now is no reason to go on.
func TestGuardCannotAsk(t *testing.T) {
	f := repository(t)
	f.write("mesh/.git/config", "[core\n")
	guarded, err := f.guard()
	if !errors.Is(err, ErrUnusable) || !strings.HasPrefix(err.Error(), "verify that Git ignores credentials/: ") || guarded.Unverified != nil {
		t.Errorf("got %v, error %v", guarded, err)
	}
	f = repository(t)
	f.write("mesh/.git/index", "broken")
	if _, err := f.guard(); err == nil || !strings.HasPrefix(err.Error(), "list tracked files: git ls-files: ") {
		t.Errorf("got error %v", err)
	}
}

// The repository around this one is another user's: what it tracks is not known.
func TestGuardAroundUnverified(t *testing.T) {
	f := repository(t)
	if os.Geteuid() != 0 || !atLeast(f, "2.36") {
		t.Skip("needs root to give a repository away, and a git that asks for the owner")
	}
	f.env = append(f.env, "GIT_CEILING_DIRECTORIES=")
	f.git("-C", f.root, "init", "--quiet", "--template=")
	for _, name := range []string{"", ".git"} {
		if err := os.Chown(f.path(name), 65534, -1); err != nil {
			t.Fatal(err)
		}
	}
	guarded, err := f.guard()
	if got := f.said(guarded.Unverified); err != nil || got != "not verified that Git ignores credentials/: ROOT: the Git repository is owned by another user\n"+
		"hint: if you trust its owner: git config --global --add safe.directory ROOT" {
		t.Errorf("got %s, error %v", got, err)
	}
}
