package transaction_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
)

// Temporary files of runs without a journal: of the writer of single files, and of a journal that was removed.
func TestSweep(t *testing.T) {
	dir := workspace(t)
	before := snapshot(t, dir)
	stale := []string{
		".mesh.yaml.kubectl-mesh-0", "clusters/.east.yaml.kubectl-mesh-12", "credentials/.root-key.pem.kubectl-mesh-0",
		"credentials/east/.kubectl-mesh-new-7-3", "credentials/east/.token.kubectl-mesh-1",
	}
	kept := []string{
		".token.kubectl-mesh-0x", "credentials/.kubectl-mesh-0", "credentials/token.kubectl-mesh-0",
		"deploy/.a.kubectl-mesh-0", "trust/.kubectl-mesh-staging-0/old/.1.kubectl-mesh-0",
	}
	for _, name := range append(stale, kept...) {
		put(t, dir, name, "secret", 0o600)
	}
	link(t, dir, "credentials/.link.kubectl-mesh-0", "root-key.pem")
	tx := begin(t, dir, nil)
	equal(t, "notes", tx.Notes(), []string{"removed temporary files of an interrupted run: " +
		".mesh.yaml.kubectl-mesh-0, clusters/.east.yaml.kubectl-mesh-12, credentials/.root-key.pem.kubectl-mesh-0, " +
		"credentials/east/.kubectl-mesh-new-7-3, credentials/east/.token.kubectl-mesh-1"})
	for _, name := range append(kept, "credentials/.link.kubectl-mesh-0") {
		if err := os.RemoveAll(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
	now := snapshot(t, dir)
	for _, name := range []string{"deploy/", "trust/.kubectl-mesh-staging-0/", "trust/.kubectl-mesh-staging-0/old/"} {
		delete(now, name)
	}
	equal(t, "files", now, before)
}

// What may be the only copy of a key is never swept: the content that an unsettled transaction was replacing.
func TestSweepKeepsTheOnlyCopy(t *testing.T) {
	dir := workspace(t)
	put(t, dir, ".kubectl-mesh/staging/settled", "4\n", 0o644)
	put(t, dir, "credentials/.kubectl-mesh-old-4-0", "of a settled one", 0o600)
	put(t, dir, "credentials/.kubectl-mesh-old-5-0", "the only copy", 0o600)
	put(t, dir, "credentials/.kubectl-mesh-new-5-0", "new", 0o600)
	if err := os.Link(filepath.Join(dir, "credentials/root-key.pem"), filepath.Join(dir, "credentials/.kubectl-mesh-old-5-1")); err != nil {
		t.Skipf("no links here: %v", err)
	}
	before := snapshot(t, dir)
	options := transaction.Options{}
	_, err := transaction.Begin(t.Context(), dir, options)
	wantProblems(t, err, dir,
		"open DIR for writing: DIR/credentials/.kubectl-mesh-old-5-0 is the old content of a file that an interrupted run was replacing, "+
			"and the journal of that run is missing",
		"hint: compare it with the files next to it, restore the right content under its name, then remove it")
	equal(t, "files", snapshot(t, dir), before)
	if err := os.Remove(filepath.Join(dir, "credentials/.kubectl-mesh-old-5-0")); err != nil {
		t.Fatal(err)
	}
	begin(t, dir, nil)
	for _, name := range []string{"old-4-0", "new-5-0", "old-5-1"} {
		delete(before, "credentials/.kubectl-mesh-"+name)
	}
	delete(before, "credentials/.kubectl-mesh-old-5-0")
	equal(t, "files", snapshot(t, dir), before)
}
