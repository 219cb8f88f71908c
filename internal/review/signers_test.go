package review_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/review"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// TestRefusedSigners: an import believes no key of a file with a line that it cannot read, so a head that has one is
// wrong, and every key of its correction is new.
func TestRefusedSigners(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.writeMesh(header + links + "  clusters:\n" + east + west)
	signers, err := os.ReadFile("testdata/signer-allowed/head/trust/allowed_signers")
	if err != nil {
		t.Fatal(err)
	}
	r.writeSigners(append(signers, "office\n"...))
	r.commit("broken")
	_, err = r.try("")
	var uncompared *review.UncomparedError
	const want = "read trust/allowed_signers: line 3: no key: the format is PRINCIPAL KEY-TYPE KEY"
	if err == nil || r.timeless(err.Error()) != want || !verdict.IsInput(err) || errors.As(err, &uncompared) {
		t.Errorf("got %v, want %s", err, want)
	}
	r.writeSigners(signers)
	added := 0
	for _, change := range r.review("").Changes {
		if change.ID == "MC084" {
			added++
		}
	}
	if added != 2 {
		t.Errorf("%d signers are new, want 2", added)
	}
}

func (r *repository) writeSigners(text []byte) {
	r.Helper()
	file := filepath.Join(r.dir, "trust", "allowed_signers")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		r.Fatal(err)
	}
}
