package authority_test

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
)

// TestPinsAreAdvisedOnce: nothing is to be edited where mesh.yaml pins exactly the roots that there are.
func TestPinsAreAdvisedOnce(t *testing.T) {
	d := issued(t, testmesh.Signing)
	old := d.pins()
	advised := func() bool { return strings.Contains(strings.Join(d.Messages, "\n"), "spec.trust.ca.roots") }
	d.pinRoots(old...)
	d.render()
	d.must(d.rotate())
	if want := "in mesh.yaml, set spec.trust.ca.roots to: [" + strings.Join(d.pins(), ", ") + "]"; len(d.Messages) < 2 || d.Messages[1] != want {
		t.Errorf("phase trust: messages %q, want %q", d.Messages, want)
	}
	d.must(d.abort()) // and mesh.yaml has the old root alone, as before
	if advised() {
		t.Errorf("back to the old root: messages %q", d.Messages)
	}
}
