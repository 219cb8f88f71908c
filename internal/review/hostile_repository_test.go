package review_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/git"
	"github.com/kubectl-mesh/kubectl-mesh/internal/review"
)

// TestHostileRepositories: whatever a repository is made of, a change of an address is seen, or the review says that it
// compared nothing.
func TestHostileRepositories(t *testing.T) {
	t.Parallel()
	moved := []string{"MC010 east,west", "MC032 west,east"}
	for name, test := range map[string]struct {
		prepare   func(r *repository)
		revisions string
		want      string // the end of an error; empty: the change is seen
		is        error
	}{
		"as it is":      {revisions: "main~1...main"},
		"detached HEAD": {prepare: func(r *repository) { r.git("checkout", "--quiet", "--detach") }, revisions: "main~1"},
		"a linked worktree": {prepare: func(r *repository) {
			dir := filepath.Join(r.TempDir(), "linked")
			r.git("worktree", "add", "--quiet", "--detach", dir, "main")
			r.dir = dir
		}, revisions: "main~1"},
		"a base that is replaced by the head": {prepare: func(r *repository) {
			r.git("replace", "main~1", "main")
		}, revisions: r1 + "...main"},
		"a blob that is replaced": {prepare: func(r *repository) {
			r.git("replace", r.git("rev-parse", "main~1:mesh.yaml"), r.git("rev-parse", "main:mesh.yaml"))
		}, revisions: "main~1...main"},
		"objects elsewhere": {prepare: func(r *repository) {
			other := filepath.Join(r.TempDir(), "objects")
			r.shell("mv .git/objects " + other + " && mkdir -p .git/objects/info .git/objects/pack && echo " + other +
				" > .git/objects/info/alternates")
		}, revisions: "main~1...main"},
		"a filter that hides the change": {prepare: func(r *repository) {
			r.shell("mkdir -p .git/info && echo 'mesh.yaml filter=evil' > .git/info/attributes && git config filter.evil.smudge 'git show main~1:mesh.yaml'" +
				" && git config filter.evil.clean 'git show main~1:mesh.yaml'")
		}, revisions: "main~1...main"},
		"a branch that looks like an option": {prepare: func(r *repository) {
			r.git("update-ref", "refs/heads/--upload-pack=x", "main")
		}, revisions: "main~1...refs/heads/--upload-pack=x"},
		"an option": {revisions: "--upload-pack=x...main", want: `resolve Git revision "--upload-pack=x": unknown Git revision`,
			is: git.ErrUnknownRevision},
		"a tag of the name of the branch": {prepare: func(r *repository) {
			r.git("branch", "other")
			r.git("tag", "main", "main")
			r.git("update-ref", "refs/heads/main", "main~1")
		}, revisions: "main...other", is: git.ErrAmbiguous,
			want: `resolve Git revision "main": ambiguous Git revision: refs/heads/main, refs/tags/main`},
		"a bare repository": {prepare: func(r *repository) {
			bare := filepath.Join(r.TempDir(), "bare.git")
			r.git("clone", "--quiet", "--bare", ".", bare)
			r.dir = bare
		}, revisions: "main~1...main", is: git.ErrUnusable},
		"a mesh file without end": {prepare: func(r *repository) {
			r.writeMesh("# " + string(bytes.Repeat([]byte("x"), 9<<20)))
			r.commit("large")
		}, revisions: "main~1...main", is: git.ErrTooLarge},
		"a name that is no text": {prepare: func(r *repository) {
			r.shell(`mkdir -p clusters && printf 'x\n' > "$(printf 'clusters/a\377.yaml')"`)
			r.commit("name")
		}, revisions: "main~2...main", is: git.ErrUnusable, want: "clusters/a\uFFFD.yaml: the Git repository cannot be used: invalid path in a tree"},
		"a mesh file in other letters": {prepare: func(r *repository) {
			object := r.git("rev-parse", "main:mesh.yaml")
			r.git("update-index", "--add", "--cacheinfo", "100644,"+object+",MESH.yaml")
			r.git("commit", "--quiet", "--message", "twin")
		}, revisions: "main~2...main", want: "MESH.yaml differs from mesh.yaml in letter case only"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepository(t)
			r.writeMesh(header + links + "  clusters:\n" + east + west)
			r.commit("base")
			r.writeMesh(header + links + "  clusters:\n" + strings.Replace(east, ".10", ".66", 1) + west)
			r.commit("moved")
			revisions := strings.ReplaceAll(test.revisions, r1, r.commits["base"])
			if test.prepare != nil {
				test.prepare(r)
			}
			result, err := r.try(revisions)
			if test.want == "" && test.is == nil {
				if diff := cmp.Diff(moved, brief(result)); err != nil || diff != "" {
					t.Errorf("error %v (-want +got):\n%s", err, diff)
				}
				return
			}
			var uncompared *review.UncomparedError
			if !errors.As(err, &uncompared) || test.is != nil && !errors.Is(err, test.is) || !strings.HasSuffix(err.Error(), test.want) {
				t.Errorf("got %v, error %v, want %q", brief(result), err, test.want)
			}
		})
	}
}

// r1 stands for the ID of the first commit.
const r1 = "FIRST"

// TestHostileNames: a name with a line break, or with what a terminal obeys, is one line of a review.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.writeMesh(header + links + "  clusters:\n" + east + west)
	r.commit("base")
	for _, name := range []string{"clusters/a\n::set-output name=x::y\n.yaml", "clusters/\x1b[31m.yaml", "clusters/\u202e.yaml", "sealed/east/`|<!--.yaml"} {
		file := filepath.Join(r.dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte("{}\n"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	result, err := r.try("")
	text := result.Text() + result.Markdown(0)
	if err != nil {
		text = err.Error()
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.ContainsAny(line, "\x1b\u202e") {
			t.Errorf("a name got out: %q", line)
		}
	}
}
