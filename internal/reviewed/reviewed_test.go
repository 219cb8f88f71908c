package reviewed_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reviewed"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/repository"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// fixture is a workspace in a directory of a repository, below its top.
type fixture struct {
	testing.TB
	*testmesh.Fixture
	top string
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	h := testmesh.Offline(t, testmesh.Both)
	return &fixture{TB: t, Fixture: h, top: filepath.Dir(h.Dir())}
}

// committed is a desk whose tree is reviewed.
func committed(t *testing.T) *fixture {
	t.Helper()
	d := newFixture(t)
	d.render("deploy")
	d.commit()
	return d
}

func (d *fixture) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *fixture) git(args ...string) {
	d.Helper()
	_, err := repository.Git(d.Dir(), args...)
	d.must(err)
}

func (d *fixture) commit() { d.Helper(); d.must(repository.Commit(d.top)) }

// render writes the tree into a directory of the workspace.
func (d *fixture) render(dir string) { d.Helper(); d.renderWith(false, dir) }

func (d *fixture) renderWith(sample bool, dir string) {
	d.Helper()
	ws, _ := d.Open()
	in := tree.Input{Workspace: ws, Secrets: tree.Skip, Sample: sample}
	made, _, err := tree.Render(in, tree.Target{Dir: ws.Path(dir), Force: true})
	d.must(err)
	_, err = tree.Write(d.Context(), ws, made.Trees)
	d.must(err)
}

func (d *fixture) path(name string) string { return filepath.Join(d.Dir(), filepath.FromSlash(name)) }

func (d *fixture) put(name, text string) {
	d.Helper()
	d.must(os.MkdirAll(filepath.Dir(d.path(name)), 0o755))
	d.must(os.WriteFile(d.path(name), []byte(text), 0o644))
}

func (d *fixture) remove(name string) { d.Helper(); d.must(os.RemoveAll(d.path(name))) }

func (d *fixture) rename(from, to string) { d.Helper(); d.must(os.Rename(d.path(from), d.path(to))) }

func (d *fixture) link(target, name string) {
	d.Helper()
	if err := os.Symlink(target, d.path(name)); err != nil {
		d.Skip("no symbolic links here")
	}
}

func (d *fixture) read(name string) string {
	d.Helper()
	text, err := os.ReadFile(d.path(name))
	d.must(err)
	return string(text)
}

// check says what Check refuses, a line for each problem and for each remedy.
func (d *fixture) check(clusters ...string) string {
	d.Helper()
	if len(clusters) == 0 {
		clusters = []string{"east", "west"}
	}
	ws, _ := d.Open()
	said := strings.Join(d.Problems(reviewed.Check(d.Context(), reviewed.Input{Workspace: ws, Clusters: clusters})), "\n")
	said = strings.ReplaceAll(said, d.top, "TOP")
	// How many files there are, and what is in them, is for other tests.
	return regexp.MustCompile(`base/reader-rbac-\w+|and \d+ more`).ReplaceAllStringFunc(said, func(text string) string {
		if strings.HasPrefix(text, "and") {
			return "and N more"
		}
		return "base/reader-rbac-HASH"
	})
}

const (
	namespace = "overlays/east/namespace.yaml"
	commands  = "git -C . add deploy && git -C . commit"
	again     = " | review and commit the change: kubectl mesh render --output-dir deploy -f mesh.yaml && " + commands
	commitIt  = " | review and commit the change: " + commands
	moveIt    = " | move unmanaged files out of deploy, or delete them"
	missing   = "deploy does not exist: the objects to apply were not reviewed | review and commit it: " +
		"kubectl mesh render --output-dir deploy -f mesh.yaml && " + commands
	unlike = "deploy is not what mesh.yaml renders: "
	only   = "deploy is not committed: "
)

// many is the whole tree.
func many(kind string) string {
	return strings.ReplaceAll("base/reader-rbac-HASH/kustomization.yaml (KIND), base/reader-rbac-HASH/reader-rbac.yaml (KIND), "+
		"helm/east/base.yaml (KIND) and N more", "KIND", kind)
}

func TestCheck(t *testing.T) {
	for name, test := range map[string]struct {
		change   func(d *fixture)
		clusters []string
		want     string
	}{
		"reviewed":              {change: func(*fixture) {}},
		"reviewed, one cluster": {change: func(*fixture) {}, clusters: []string{"east"}},
		"what is not rendered":  {change: func(d *fixture) { d.put("notes", ""); d.put("clusters/other.txt", "") }},
		"no tree":               {change: func(d *fixture) { d.git("rm", "-r", "--quiet", "deploy") }, want: missing},
		"another mesh": {
			change: func(d *fixture) {
				d.put("mesh.yaml", strings.Replace(d.read("mesh.yaml"), "203.0.113.2", "203.0.113.9", 1))
			},
			want: unlike + "redacted/east.yaml (changed), README.md (changed), mesh.lock (changed)" + again,
		},
		"another mesh, and the file is edited to match": {
			change: func(d *fixture) {
				d.put("mesh.yaml", strings.Replace(d.read("mesh.yaml"), "203.0.113.2", "203.0.113.9", 1))
				d.render("deploy")
			},
			want: only + "redacted/east.yaml (modified), README.md (modified), mesh.lock (modified)" + commitIt,
		},
		"edited by hand":      {change: func(d *fixture) { d.put("deploy/"+namespace, "") }, want: unlike + namespace + " (changed)" + again},
		"edited, committed":   {change: func(d *fixture) { d.put("deploy/"+namespace, ""); d.commit() }, want: unlike + namespace + " (changed)" + again},
		"deleted":             {change: func(d *fixture) { d.remove("deploy/" + namespace) }, want: unlike + namespace + " (missing)" + again},
		"for another cluster": {change: func(d *fixture) { d.put("deploy/"+namespace, "") }, clusters: []string{"west"}},
		"a file beside them": {
			change: func(d *fixture) { d.put("deploy/overlays/east/more.yaml", ""); d.commit() },
			want:   unlike + "overlays/east/more.yaml (unmanaged)" + moveIt,
		},
		"a file beside them, for another cluster": {
			change:   func(d *fixture) { d.put("deploy/overlays/east/more.yaml", "") },
			clusters: []string{"west"},
		},
		"a name that is no name": {
			change: func(d *fixture) { d.put("deploy/a\nerror: b", "") },
			want:   unlike + "a\uFFFDerror: b (unmanaged)" + moveIt,
		},
		"removed from the index": {
			change: func(d *fixture) { d.git("rm", "--quiet", "--cached", "deploy/"+namespace) },
			want:   only + namespace + " (staged), " + namespace + " (untracked)" + commitIt,
		},
		"staged and edited back": {
			change: func(d *fixture) {
				text := d.read("deploy/" + namespace)
				d.put("deploy/"+namespace, "another one")
				d.git("add", "deploy")
				d.put("deploy/"+namespace, text)
			},
			want: only + namespace + " (modified), " + namespace + " (staged)" + commitIt,
		},
		"HEAD has another one, hidden by assume-unchanged": {
			change: func(d *fixture) {
				text := d.read("deploy/" + namespace)
				d.put("deploy/"+namespace, "another one")
				d.commit()
				d.git("update-index", "--assume-unchanged", "deploy/"+namespace)
				d.put("deploy/"+namespace, text)
			},
			want: only + namespace + " (modified)" + commitIt,
		},
		"HEAD has another one, hidden by skip-worktree": {
			change: func(d *fixture) {
				text := d.read("deploy/" + namespace)
				d.put("deploy/"+namespace, "another one")
				d.commit()
				d.git("update-index", "--skip-worktree", "deploy/"+namespace)
				d.put("deploy/"+namespace, text)
			},
			want: only + namespace + " (modified)" + commitIt,
		},
		"HEAD has another one, which a filter makes right": {
			change: func(d *fixture) {
				text := d.read("deploy/" + namespace)
				d.put(".gitattributes", "deploy/"+namespace+" filter=evil\n")
				d.git("config", "filter.evil.clean", "touch ran; echo another one")
				d.git("config", "filter.evil.smudge", "touch ran")
				d.put("deploy/"+namespace, "something else")
				d.commit()
				d.remove("ran")
				d.put("deploy/"+namespace, text)
			},
			want: only + namespace + " (modified)" + commitIt,
		},
		"HEAD has more": {
			change: func(d *fixture) {
				d.put("deploy/overlays/east/more.yaml", "")
				d.commit()
				d.remove("deploy/overlays/east/more.yaml")
			},
			want: only + "overlays/east/more.yaml (deleted)" + commitIt,
		},
		"ignored": {
			change: func(d *fixture) {
				d.git("rm", "-r", "--quiet", "--cached", "deploy")
				d.put(".gitignore", "deploy/\n")
				d.commit()
			},
			want: only + many("ignored") +
				" | remove the rule that makes Git ignore it: git check-ignore --verbose deploy/INSTALL.md" + commitIt,
		},
		"a link to the reviewed tree": {
			change: func(d *fixture) { d.rename("deploy", "rendered"); d.link("rendered", "deploy"); d.commit() },
		},
		"a link to what is not committed": {
			change: func(d *fixture) {
				d.rename("deploy", "../elsewhere")
				d.link("../elsewhere", "deploy")
				d.git("add", "--all", ".")
				d.git("commit", "--quiet", "--message", "link")
			},
			want: only + many("untracked") + commitIt,
		},
		"a link in the tree": {
			change: func(d *fixture) {
				d.rename("deploy/overlays", "overlays")
				d.link("../overlays", "deploy/overlays")
				d.commit()
			},
			want: unlike + "overlays (changed), overlays/east/kustomization.yaml (missing), " +
				"overlays/east/namespace.yaml (missing) and N more" + again + moveIt,
		},
		"a file that is a link": {
			change: func(d *fixture) {
				d.rename("deploy/"+namespace, "n.yaml")
				d.link("../../../n.yaml", "deploy/"+namespace)
				d.commit()
			},
			want: unlike + namespace + " (changed)" + again,
		},
		"a repository in the tree": {
			change: func(d *fixture) {
				d.git("rm", "-r", "--quiet", "--cached", "deploy/overlays/east")
				d.git("init", "--quiet", "deploy/overlays/east")
				d.must(repository.Commit(d.path("deploy/overlays/east")))
				d.commit()
			},
			want: unlike + "overlays/east/.git/COMMIT_EDITMSG (unmanaged), overlays/east/.git/HEAD (unmanaged), " +
				"overlays/east/.git/config (unmanaged) and N more" + moveIt,
		},
		"the tree is a submodule": {
			change: func(d *fixture) {
				d.git("rm", "-r", "--quiet", "--cached", "deploy")
				d.git("init", "--quiet", "deploy")
				d.must(repository.Commit(d.path("deploy")))
				d.commit()
			},
			want: only + ". (modified), base/reader-rbac-HASH/kustomization.yaml (untracked), base/reader-rbac-HASH/reader-rbac.yaml (untracked) and N more" + commitIt,
		},
		"line ends of Windows": {
			change: func(d *fixture) {
				d.git("config", "core.autocrlf", "true")
				d.remove("deploy")
				d.git("checkout", "--", "deploy")
			},
			want: "check deploy: read mesh.lock: line 1: a carriage return at the end of the line | Git changed the line endings: " +
				"add the line `* text=auto eol=lf` to .gitattributes, and check out the directory again",
		},
		"nothing is committed": {
			change: func(d *fixture) { d.git("update-ref", "-d", "HEAD") },
			want:   only + many("staged") + commitIt,
		},
		"another directory": {change: func(d *fixture) { d.put("rendered/x", ""); d.rename("deploy", "rendered/mesh"); d.commit() }},
		"another directory, stale deploy": {
			change: func(d *fixture) {
				d.put("rendered/x", "")
				d.render("rendered/mesh")
				d.put("deploy/"+namespace, "")
				d.commit()
			},
		},
		"beside the workspace": {change: func(d *fixture) { d.rename("deploy", "../rendered"); d.commit() }},
		"another directory, not committed": {
			change: func(d *fixture) { d.put("rendered/x", ""); d.rename("deploy", "rendered/mesh"); d.git("add", "--all") },
			want: "rendered/mesh is not committed: " + many("staged") +
				" | review and commit the change: git -C rendered add mesh && git -C rendered commit",
		},
		"a damaged repository": {
			change: func(d *fixture) { d.must(os.RemoveAll(filepath.Join(d.top, ".git", "HEAD"))) },
			want: "verify that the objects to apply were reviewed: TOP/.git: the Git repository cannot be used" +
				" | repair it, or remove it if it is not a repository: git -C . status",
		},
		"no repository": {change: func(d *fixture) { d.must(os.RemoveAll(filepath.Join(d.top, ".git"))); d.remove("deploy") },
			want: "not in a Git repository, so it is unknown whether the objects to apply were reviewed"},
	} {
		t.Run(name, func(t *testing.T) {
			d := committed(t)
			test.change(d)
			if diff := cmp.Diff(test.want, d.check(test.clusters...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if _, err := os.Lstat(d.path("ran")); err == nil {
				t.Error("a filter of the repository ran")
			}
		})
	}
}

// The environment of whoever runs it leads to no other repository, and neither do links and worktrees.
func TestCheckElsewhere(t *testing.T) {
	other := newFixture(t)
	other.render("deploy")
	other.commit()
	for name, test := range map[string]struct {
		change func(t *testing.T, d *fixture)
		want   string
	}{
		"GIT_DIR": {change: func(t *testing.T, d *fixture) {
			t.Setenv("GIT_DIR", filepath.Join(other.top, ".git"))
			t.Setenv("GIT_WORK_TREE", other.top)
		}, want: only + namespace + " (untracked)"},
		"GIT_INDEX_FILE": {change: func(t *testing.T, _ *fixture) {
			t.Setenv("GIT_INDEX_FILE", filepath.Join(other.top, ".git", "index"))
		}, want: only + namespace + " (untracked)"},
		"GIT_CONFIG_PARAMETERS": {change: func(t *testing.T, _ *fixture) {
			t.Setenv("GIT_CONFIG_PARAMETERS", "'core.worktree'='"+other.top+"'")
		}, want: only + namespace + " (untracked)"},
		"core.worktree": {change: func(_ *testing.T, d *fixture) { d.git("config", "core.worktree", other.top) },
			want: "verify that the objects to apply were reviewed: "},
		"no git": {change: func(t *testing.T, d *fixture) { t.Setenv("PATH", "") },
			want: "verify that the objects to apply were reviewed: read the Git repository of TOP/.git: git is not installed | install git"},
	} {
		t.Run(name, func(t *testing.T) {
			d := committed(t)
			d.git("rm", "--quiet", "deploy/"+namespace)
			d.render("deploy")
			d.git("commit", "--quiet", "--message", "without "+namespace)
			test.change(t, d)
			if got := d.check(); !strings.HasPrefix(got, test.want) {
				t.Errorf("got %s\nwant %s…", got, test.want)
			}
		})
	}
}

// A linked worktree has an index and a HEAD of its own.
func TestCheckInWorktree(t *testing.T) {
	d := committed(t)
	dir := filepath.Join(t.TempDir(), "linked")
	d.git("worktree", "add", "--quiet", dir, "HEAD")
	d.put("deploy/"+namespace, "edited in the other one")
	linked := filepath.Join(dir, filepath.Base(d.Dir()))
	check := func() error {
		ws, _, err := workspace.Open(t.Context(), workspace.Source{Filename: filepath.Join(linked, "mesh.yaml"), Environ: os.Environ()})
		d.must(err)
		defer ws.Close()
		return reviewed.Check(t.Context(), reviewed.Input{Workspace: ws, Clusters: []string{"east"}})
	}
	if err := check(); err != nil {
		t.Error(err)
	}
	d.must(os.WriteFile(filepath.Join(linked, "deploy", filepath.FromSlash(namespace)), nil, 0o600))
	if err := check(); err == nil || !strings.Contains(err.Error(), namespace+" (changed)") {
		t.Errorf("got %v", err)
	}
}

// An interruption is no verdict.
func TestCheckIsInterrupted(t *testing.T) {
	d := committed(t)
	ws, _ := d.Open()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := reviewed.Check(ctx, reviewed.Input{Workspace: ws, Clusters: []string{"east"}}); !errors.Is(err, verdict.ErrInterrupted) {
		t.Errorf("got %v", err)
	}
}

// The sample is asked for by name: a tree may have it, and need not. What else is applied must be reviewed.
func TestCheckSample(t *testing.T) {
	const without = "the sample is not in deploy: it is applied because of --with-sample"
	d := committed(t)
	check := func(wantErr string, wantMessages ...string) {
		t.Helper()
		ws, _ := d.Open()
		in := reviewed.Input{Workspace: ws, Clusters: []string{"east", "west"}, Sample: true, Log: d.Fixture.Log}
		err := strings.Join(d.Problems(reviewed.Check(t.Context(), in)), "\n")
		if diff := cmp.Diff(wantErr, err); diff != "" {
			t.Errorf("error (-want +got)\n%s", diff)
		}
		if diff := cmp.Diff(wantMessages, d.Messages, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("messages (-want +got)\n%s", diff)
		}
	}
	check("", without)
	d.put("deploy/"+namespace, "")
	check(unlike + namespace + " (changed)" + again)
	d.renderWith(true, "deploy")
	d.commit()
	check("")
	if got := d.check(); !strings.HasPrefix(got, unlike) {
		t.Errorf("a tree with the sample, which is not asked for: %s", got)
	}
}

// TestJudge: that nothing is known stops nothing. It is said, and is no yes for a program.
func TestJudge(t *testing.T) {
	unreviewed := errors.New("deploy is not committed")
	for name, test := range map[string]struct {
		found             error
		isAllowed, dryRun bool
		known             string
		stops             bool
		messages          []string
	}{
		"reviewed":             {known: "true"},
		"no repository":        {found: reviewed.ErrUnknown, known: "null", messages: []string{reviewed.ErrUnknown.Error()}},
		"unreviewed":           {found: unreviewed, known: "false", stops: true},
		"unreviewed, dry run":  {found: unreviewed, dryRun: true, known: "false", messages: []string{"warning: refused without --dry-run: deploy is not committed"}},
		"unreviewed, allowed":  {found: unreviewed, isAllowed: true, known: "false", messages: []string{"warning: applying changes that were not reviewed (--allow-unreviewed): deploy is not committed"}},
		"interrupted, allowed": {found: verdict.ErrInterrupted, isAllowed: true, known: "false", stops: true},
	} {
		t.Run(name, func(t *testing.T) {
			d := newFixture(t)
			err := reviewed.Judge(test.found, test.isAllowed, test.dryRun, d.Fixture.Log)
			known, _ := json.Marshal(reviewed.Known(test.found))
			if (err != nil) != test.stops || string(known) != test.known {
				t.Errorf("error %v, known: %s", err, known)
			}
			if diff := cmp.Diff(test.messages, d.Messages, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("messages (-want +got)\n%s", diff)
			}
		})
	}
}
