package reader_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/repository"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
)

// TestCheckReviewed: a rotation rests on the mesh before it, whether or not it has begun; a tree that has it already is
// right too.
func TestCheckReviewed(t *testing.T) {
	h := rolledOut(t, testmesh.Both)
	commit := func() {
		ws, _ := h.Open()
		made, _, err := tree.Render(tree.Input{Workspace: ws, Secrets: tree.Skip}, tree.Target{Dir: ws.Path("deploy")})
		if err == nil {
			_, err = tree.Write(t.Context(), ws, made.Trees)
		}
		if err == nil {
			err = repository.Commit(filepath.Dir(h.Dir()))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	check := func(when, want string) {
		t.Helper()
		got := strings.Join(h.Problems(reader.CheckReviewed(t.Context(), h.rotation())), "\n")
		got, _, _ = strings.Cut(got, " | ")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	begin := func() {
		t.Helper()
		if err := reader.Begin(t.Context(), h.rotation()); err != nil {
			t.Fatal(err)
		}
	}
	check("no tree", "deploy does not exist: the objects to apply were not reviewed")
	commit()
	check("before", "")
	begin()
	check("under way", "")
	commit()
	check("under way, and in the tree", "")
	if err := reader.Abort(t.Context(), h.rotation()); err != nil {
		t.Fatal(err)
	}
	check("a tree of a rotation that is no more", "deploy is not what mesh.yaml renders: "+
		"overlays/west/readers.yaml (changed), redacted/east.yaml (changed), README.md (changed) and 1 more")
	commit()
	ws, clusters := h.Open()
	if err := reader.Revoke(t.Context(), reader.RevokeInput{Workspace: ws, Clusters: clusters, Pairs: []access.Pair{pair}, Log: h.Log,
		Kubectl: func(string) string { return "kubectl" }}); err != nil {
		t.Log(err) // what a revocation leaves to its owner is for other tests
	}
	commit()
	check("revoked", "east-west is revoked in the reviewed tree; a rotation would grant access again without a review")
	begin()
	check("granted again", "deploy is not what mesh.yaml renders: overlays/west/kustomization.yaml (changed), overlays/west/readers.yaml (missing), redacted/east.yaml (missing) and 3 more")
	commit()
	check("granted again, in the tree", "")
}
