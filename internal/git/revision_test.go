package git

import (
	"errors"
	"strings"
	"testing"
)

func TestResolveRevision(t *testing.T) {
	f := repository(t)
	f.git("tag", "-a", "-m", "v1", "v1")
	f.write("mesh/mesh.yaml", "second\n")
	f.commit("second")
	first, second := f.git("rev-parse", "HEAD~1"), f.git("rev-parse", "HEAD")
	r := f.open()
	for revision, want := range map[string]string{"HEAD": second, "main": second, "main~1": first, "v1": first, first[:10]: first, "@": second} {
		if got, err := r.ResolveRevision(t.Context(), revision); err != nil || string(got) != want {
			t.Errorf("%s: got %s, error %v", revision, got, err)
		}
	}
	for _, revision := range []string{"", "none", "--all", "-h", "HEAD:mesh.yaml", "HEAD~1..HEAD", "HEAD\nmain", "^HEAD", "HEAD -- mesh.yaml"} {
		if got, err := r.ResolveRevision(t.Context(), revision); !errors.Is(err, ErrUnknownRevision) || got != "" {
			t.Errorf("%q: got %q, error %v", revision, got, err)
		}
	}
	_, err := r.ResolveRevision(t.Context(), "none")
	f.wantError(err, ErrUnknownRevision, `resolve Git revision "none": unknown Git revision`, "git fetch")
}

func TestMergeBase(t *testing.T) {
	f := repository(t)
	base := f.git("rev-parse", "HEAD")
	f.git("commit", "--quiet", "--allow-empty", "-m", "on main")
	f.git("checkout", "--quiet", "-b", "topic", base)
	f.git("commit", "--quiet", "--allow-empty", "-m", "on topic")
	f.git("checkout", "--quiet", "--orphan", "alone")
	f.git("commit", "--quiet", "--allow-empty", "-m", "alone")
	r := f.open()
	id := func(revision string) Commit { return Commit(f.git("rev-parse", revision)) }
	if got, err := r.MergeBase(t.Context(), id("main"), id("topic")); err != nil || string(got) != base {
		t.Errorf("got %s, error %v", got, err)
	}
	_, err := r.MergeBase(t.Context(), id("main"), id("alone"))
	f.wantError(err, ErrNoMergeBase, string(id("main")+" and "+id("alone"))+": no common ancestor")
	if _, err := r.MergeBase(t.Context(), "main", "--octopus"); !errors.Is(err, ErrUnknownRevision) {
		t.Errorf("got error %v", err)
	}
}

// TestShallow runs the command that is printed: after it the revision is known.
func TestShallow(t *testing.T) {
	f := repository(t)
	if shallow, err := f.open().IsShallow(t.Context()); err != nil || shallow {
		t.Errorf("got %t, error %v", shallow, err)
	}
	f.git("commit", "--quiet", "--allow-empty", "-m", "second")
	f.git("branch", "release/1")
	f.git("checkout", "--quiet", "-b", "topic")
	f.git("commit", "--quiet", "--allow-empty", "-m", "third")
	origin := "file://" + f.dir
	for revision, command := range map[string]string{
		"HEAD~1":             "git fetch --unshallow",
		"origin/main":        "git fetch --unshallow origin '+refs/heads/main:refs/remotes/origin/main'",
		"origin/release/1~1": "git fetch --unshallow origin '+refs/heads/release/1:refs/remotes/origin/release/1'",
	} {
		f.dir = f.path("mesh")
		name := "clone-" + strings.NewReplacer("/", "-", "~", "-").Replace(revision)
		f.git("clone", "--quiet", "--depth=1", "--branch=topic", origin, "../"+name)
		f.dir = f.path(name)
		r := f.open()
		if shallow, err := r.IsShallow(t.Context()); err != nil || !shallow {
			t.Errorf("got %t, error %v", shallow, err)
		}
		_, err := r.ResolveRevision(t.Context(), revision)
		f.wantError(err, ErrUnknownRevision, `resolve Git revision "`+revision+`": unknown Git revision`, command)
		f.shell(command)
		if _, err := r.ResolveRevision(t.Context(), revision); err != nil {
			t.Errorf("after %s: %v", command, err)
		}
	}
}

// TestFetchCommand quotes what a configuration may call a remote.
func TestFetchCommand(t *testing.T) {
	f := repository(t)
	f.git("config", "remote.a'b.url", "nowhere")
	r := f.open()
	for revision, want := range map[string]string{
		"a'b/main":     `git fetch 'a'\''b' '+refs/heads/main:refs/remotes/a'\''b/main'`,
		"a'b/main^{/x": "git fetch", "none/main": "git fetch", "main": "git fetch", "a'b/": "git fetch",
	} {
		if got := r.FetchCommand(t.Context(), revision); got != want {
			t.Errorf("%s: got %s, want %s", revision, got, want)
		}
	}
}
