package writers_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestIgnored: what the writer keeps for itself is nothing that git would take from a workspace that init has made.
func TestIgnored(t *testing.T) {
	t.Parallel()
	d := prepare(t, scenario{setup: "init --kubeconfig KUBECONFIG --name shop; ca init --insecure-no-passphrase"})
	if _, err := os.Stat(filepath.Join(d.base, ".kubectl-mesh", "staging")); err != nil {
		t.Fatal(err)
	}
	git := exec.CommandContext(t.Context(), "git", "status", "--porcelain", "--untracked-files=all", ".")
	git.Dir = d.base
	out, err := git.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "trust/root-cert.pem") || strings.Contains(string(out), ".kubectl-mesh") {
		t.Errorf("got %v:\n%s", err, out)
	}
}
