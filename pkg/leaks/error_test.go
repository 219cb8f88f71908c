package leaks_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
)

// Each finding is a problem, and what helps comes once, after the last one.
func TestRefuse(t *testing.T) {
	if err := leaks.Refuse(nil); err != nil {
		t.Errorf("nothing is refused: %v", err)
	}
	err := fmt.Errorf("write mesh.yaml: %w", leaks.Refuse([]leaks.Finding{
		{File: "mesh.yaml", Line: 2, Rule: "one", Description: "a token"},
		{File: "mesh.yaml", Line: 3, Rule: "two", Description: "a key"},
	}))
	want := []hint.Problem{
		{Text: "write mesh.yaml: credential outside credentials/: mesh.yaml:2: one: a token"},
		{
			Text:     "credential outside credentials/: mesh.yaml:3: two: a key",
			Remedies: []string{"remove it from the input; to find it: kubectl mesh validate --secrets"},
		},
	}
	if diff := cmp.Diff(want, hint.List(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var refused *leaks.Error
	if !errors.As(err, &refused) || len(refused.Findings) != 2 {
		t.Errorf("%v is no refusal of two", err)
	}
}
