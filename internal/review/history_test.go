package review_test

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/git"
	"github.com/kubectl-mesh/kubectl-mesh/internal/review"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

const (
	header = "apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec:\n"
	links  = "  links:\n  - {from: [west], to: [east]}\n"
	east   = "  - {name: east, api: {server: https://203.0.113.10}}\n"
	west   = "  - {name: west, api: {server: https://203.0.113.20}}\n"
	north  = "  - {name: north, api: {server: https://203.0.113.30}}\n"
)

// brief is the IDs of the changes, each with the clusters that it is about.
func brief(result review.Result) []string {
	var all []string
	for _, change := range result.Changes {
		if change.ID < "MC070" { // rules have tests of their own
			all = append(all, string(change.ID)+" "+strings.Join(change.Clusters, ","))
		}
	}
	return all
}

func (r *repository) wantBrief(revisions string, want ...string) review.Result {
	r.Helper()
	result := r.review(revisions)
	if diff := cmp.Diff(want, brief(result)); diff != "" {
		r.Errorf("review %s (-want +got):\n%s", revisions, diff)
	}
	return result
}

// linear is a repository whose branch topic moves east's API server on, twice.
func linear(t *testing.T) *repository {
	r := newRepository(t)
	r.writeMesh(header + links + "  clusters:\n" + east + west)
	r.commit("base")
	r.git("checkout", "--quiet", "-b", "topic")
	r.writeMesh(header + links + "  clusters:\n" + strings.Replace(east, ".10", ".11", 1) + west)
	r.commit("once")
	r.writeMesh(header + links + "  clusters:\n" + strings.Replace(east, ".10", ".12", 1) + west)
	r.commit("twice")
	return r
}

func TestLinearHistory(t *testing.T) {
	t.Parallel()
	r := linear(t)
	moved := []string{"MC010 east,west", "MC032 west,east"}
	for _, revisions := range []string{"main...topic", "main..topic", "main...HEAD", "HEAD~1", "HEAD~1...HEAD", "main", "@{-1}...@"} {
		r.wantBrief(revisions, moved...)
	}
	for _, revisions := range []string{"", "HEAD", "topic...main", "main...main"} {
		r.wantBrief(revisions)
	}
	r.wantBrief("topic..main", moved...)
	result := r.review("main...topic")
	if change := result.Changes[0]; change.Before[0] != "https://203.0.113.10" || change.After[0] != "https://203.0.113.12" || change.At.Line != 8 {
		t.Errorf("got %+v", change)
	}
	// The working tree is the head where none is named; the index is no side of its own.
	r.writeMesh(header + links + "  clusters:\n" + east + west + north)
	r.git("add", "--all")
	r.wantBrief("", append([]string{"MC010 east,west", "MC040 north"}, "MC032 west,east")...)
	r.wantBrief("main...HEAD", moved...)
}

// merged is a repository whose branch topic has north call east, and has merged a main that pinned a UID meanwhile.
func merged(t *testing.T) *repository {
	r := newRepository(t)
	r.writeMesh(header + links + "  clusters:\n" + east + west + north)
	r.commit("base")
	r.git("checkout", "--quiet", "-b", "topic")
	r.writeMesh(header + strings.Replace(links, "[west]", "[west, north]", 1) + "  clusters:\n" + east + west + north)
	r.commit("link")
	r.git("checkout", "--quiet", "main")
	r.writeMesh(header + links + "  clusters:\n" + east + west + strings.Replace(north, ".30", ".33", 1))
	r.commit("moved")
	r.git("checkout", "--quiet", "topic")
	return r
}

// TestMerge compares with the merge base: what main did meanwhile is no change of the branch, before and after it is
// merged. A shallow clone does not know the merge base, and says how to get it.
func TestMerge(t *testing.T) {
	t.Parallel()
	r := merged(t)
	linked := []string{"MC001 north,east", "MC035 north,east", "MC032 north,east", "MC032 north,east"}
	if got := r.wantBrief("main...topic", linked...); got.Base.MergeBaseOf != "topic" || got.Base.Commit != r.commits["base"] {
		t.Errorf("compared with %+v", got.Base)
	}
	r.git("merge", "--quiet", "-m", "merge main", "main")
	r.wantBrief("main...topic", linked...)
	want := r.review("main...topic").Markdown(0)

	clone := r.shallow("topic")
	_, err := clone.try("origin/main...HEAD")
	var uncompared *review.UncomparedError
	if !errors.As(err, &uncompared) || !errors.Is(err, git.ErrUnknownRevision) {
		t.Fatalf("got error %v", err)
	}
	command := "git fetch --unshallow origin '+refs/heads/main:refs/remotes/origin/main'"
	if got := hint.Of(err); len(got) != 1 || got[0] != command {
		t.Fatalf("got hints %q", got)
	}
	clone.shell(command)
	got := clone.review("origin/main...HEAD").Markdown(0)
	got = strings.NewReplacer("origin/main", "main", "`HEAD (", "`topic (").Replace(got)
	if diff := cmp.Diff(r.timeless(want), r.timeless(strings.ReplaceAll(got, filepath.ToSlash(clone.dir), filepath.ToSlash(r.dir)))); diff != "" {
		t.Errorf("the clone (-want +got):\n%s", diff)
	}
}

// TestShallowBranches: both branches are there and their common ancestor is not.
func TestShallowBranches(t *testing.T) {
	t.Parallel()
	r := merged(t)
	clone := r.shallow("topic")
	clone.git("fetch", "--quiet", "--depth=1", "origin", "+refs/heads/main:refs/remotes/origin/main")
	_, err := clone.try("origin/main")
	if !errors.Is(err, git.ErrNoMergeBase) || len(hint.Of(err)) != 1 {
		t.Fatalf("got error %v, hints %q", err, hint.Of(err))
	}
	clone.shell(hint.Of(err)[0])
	clone.wantBrief("origin/main", "MC001 north,east", "MC035 north,east", "MC032 north,east", "MC032 north,east")
}

// shallow clones the last commit of a branch, as CI does.
func (r *repository) shallow(branch string) *repository {
	r.Helper()
	clone := &repository{TB: r.TB, dir: r.TempDir(), env: r.env, commits: r.commits}
	clone.git("clone", "--quiet", "--depth=1", "--branch="+branch, "file://"+r.dir, ".")
	return clone
}

func (r *repository) shell(command string) {
	r.Helper()
	run := exec.CommandContext(r.Context(), "sh", "-c", command)
	run.Dir, run.Env = r.dir, r.env
	if out, err := run.CombinedOutput(); err != nil {
		r.Fatalf("%s: %v\n%s", command, err, out)
	}
}

// TestNotCompared: what cannot be read is never taken for no change, and each reason says whose fault it is.
func TestNotCompared(t *testing.T) {
	for name, test := range map[string]struct {
		prepare   func(r *repository)
		revisions string
		// uncompared: nothing is wrong with what the user wrote.
		uncompared bool
		want       string
	}{
		"unknown revision": {revisions: "none", uncompared: true, want: `resolve Git revision "none": unknown Git revision`},
		"base is not valid": {prepare: func(r *repository) {
			r.writeMesh(header + "  clusters: oops\n")
			r.commit("broken")
			r.writeMesh(header + "  clusters:\n" + east)
		}, uncompared: true, want: "read base HEAD (broken): 1 problem in HEAD (broken):mesh.yaml"},
		"base has a link": {prepare: func(r *repository) {
			r.shell("mkdir elsewhere && rm -f clusters && ln -s elsewhere clusters")
			r.commit("link")
		}, uncompared: true, want: "read base HEAD (link): clusters is a symbolic link"},
		"head is not valid": {prepare: func(r *repository) { r.writeMesh(header + "  clusters: oops\n") }, want: "1 problem in mesh.yaml"},
		"committed head is not valid": {prepare: func(r *repository) {
			r.writeMesh(header + "  clusters: oops\n")
			r.commit("broken")
		}, revisions: "HEAD~1...HEAD", want: "1 problem in HEAD (broken):mesh.yaml"},
		"head has no mesh": {prepare: func(r *repository) {
			r.git("rm", "--quiet", "mesh.yaml")
			r.commit("gone")
		}, revisions: "HEAD~1...HEAD", want: "mesh.yaml does not exist in HEAD (gone)"},
		"no commit":     {prepare: func(r *repository) { r.shell("rm -rf .git && git init --quiet") }, uncompared: true, want: "the repository has no commit to compare with"},
		"no directory":  {prepare: func(r *repository) { r.dir += "/elsewhere" }, uncompared: true, want: "elsewhere does not exist"},
		"no repository": {prepare: func(r *repository) { r.shell("rm -rf .git") }, uncompared: true, want: ": not in a Git repository"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepository(t)
			r.writeMesh(header + links + "  clusters:\n" + east + west)
			r.commit("base")
			if test.prepare != nil {
				test.prepare(r)
			}
			result, err := r.try(test.revisions)
			var uncompared *review.UncomparedError
			var problems *workspace.Problems
			if err == nil || !strings.HasSuffix(r.timeless(err.Error()), test.want) {
				t.Fatalf("got %v, error %v, want %s", brief(result), err, test.want)
			}
			if is := errors.As(err, &uncompared); is != test.uncompared || !is && !errors.As(err, &problems) && !verdict.IsInput(err) {
				t.Errorf("uncompared: %t, error %v", is, err)
			}
		})
	}
}

// TestParseRange refuses what is no range.
func TestParseRange(t *testing.T) {
	for text, want := range map[string]review.Range{
		"": {Base: "HEAD"}, "main": {Base: "main"}, "main...HEAD": {Base: "main", Head: "HEAD"}, "v1..v2": {Base: "v1", Head: "v2", Direct: true},
	} {
		if got, err := review.ParseRange(text); err != nil || got != want {
			t.Errorf("%q: got %+v, error %v", text, got, err)
		}
	}
	for _, text := range []string{"...", "..", "main...", "...main", "a...b...c", "a..b..c"} {
		if got, err := review.ParseRange(text); err == nil || !verdict.IsInput(err) {
			t.Errorf("%q: got %+v, error %v", text, got, err)
		}
	}
}

// TestReplacedConsumer: another control plane reads the cluster, at another address, and the one that read it reads it no more.
func TestReplacedConsumer(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.writeMesh(header + links + "  clusters:\n" + east + west + north)
	r.commit("base")
	r.writeMesh(header + strings.Replace(links, "[west]", "[north]", 1) + "  clusters:\n" + strings.Replace(east, ".10", ".66", 1) + west + north)
	result := r.review("")
	for _, change := range result.Changes {
		if change.ID == "MC010" {
			if change.Before[0] != "https://203.0.113.10" || change.After[0] != "https://203.0.113.66" {
				t.Errorf("got %+v", change)
			}
			return
		}
	}
	t.Errorf("the address moved, and the review says %q", brief(result))
}
