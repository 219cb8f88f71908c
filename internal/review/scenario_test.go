package review_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/review"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

var update = flag.Bool("update", false, "write the golden files")

// TestScenarios: each directory of testdata is a change, as base/ and head/, and want.md is the comment that a reviewer
// gets. base/ is committed, head/ is in the working tree.
func TestScenarios(t *testing.T) {
	dirs, err := filepath.Glob("testdata/*/head")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, dir := range dirs {
		dir := filepath.Dir(dir)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			repo := newRepository(t)
			repo.replace(filepath.Join(dir, "base"))
			repo.commit("base")
			repo.replace(filepath.Join(dir, "head"))
			result := repo.review("")
			checkFile(t, filepath.Join(dir, "want.md"), repo.timeless(result.Markdown(0)))
		})
	}
}

func (r *repository) review(revisions string) review.Result {
	r.Helper()
	result, err := r.try(revisions)
	if err != nil {
		r.Fatal(err)
	}
	return result
}

func (r *repository) try(revisions string) (review.Result, error) {
	r.Helper()
	compared, err := review.ParseRange(revisions)
	if err != nil {
		return review.Result{}, err
	}
	source := workspace.Source{Filename: filepath.Join(r.dir, "mesh.yaml"), Environ: r.env}
	result, err := review.Run(r.Context(), review.Input{Source: source, Range: compared})
	return result, err
}

// timeless is text without what differs between two runs of a test.
func (r *repository) timeless(text string) string {
	text = strings.ReplaceAll(text, filepath.ToSlash(r.dir)+"/", "")
	text = strings.ReplaceAll(text, " -f mesh.yaml", "")
	for name, id := range r.commits {
		text = strings.ReplaceAll(text, id[:12], name)
	}
	return text
}

func checkFile(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
