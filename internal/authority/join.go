package authority

import (
	"errors"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// compareFirst makes a pin trustworthy.
const compareFirst = "compare the fingerprint with the owner of the root over another channel; then, "

// joinedRoots returns the mesh's roots including those of a bundle: the existing ones, byte for byte, followed by the
// bundle's, which must be pinned.
func (a *Authority) joinedRoots(known []byte, bundle trust.Bundle) ([]byte, error) {
	if known == nil {
		return bundle.Root, nil
	}
	pins := a.Workspace.Doc.Pins()
	joined, err := trust.Join(known, bundle.Root, pins.Roots, a.Now)
	if err == nil {
		return joined, nil
	}
	var edit []string
	for _, roots := range [][]byte{known, bundle.Root} {
		if sums, broken := trust.Fingerprints(roots); broken == nil {
			edit = append(edit, sums...)
		}
	}
	var errs []error
	for _, one := range hint.Split(err) {
		if refusal, ok := errors.AsType[*trust.Refusal](one); ok && refusal.Fault == trust.FaultUnpinned {
			one = hint.Add(hint.Without(one), compareFirst+v1alpha1.RootsEdit(pins, slices.Concat(pins.Roots, edit)))
		}
		errs = append(errs, one)
	}
	return nil, errors.Join(errs...)
}

// logRoots reports new roots, and the next step once all clusters have them.
func (a *Authority) logRoots(before, after []byte, next string) error {
	if before == nil {
		return a.advisePins(after, compareFirst)
	}
	old, err := trust.Fingerprints(before)
	if err != nil {
		return err
	}
	roots, err := trust.Roots(after, nil)
	if err != nil {
		return err
	}
	joined := false
	for _, root := range roots {
		if !slices.Contains(old, root.SHA256) {
			joined = true
			a.Log.Info("root %q is trusted in addition to %q", root.Subject, roots[0].Subject)
		}
	}
	if !joined {
		return nil
	}
	a.Log.Advise(a.Workspace.CommitTree(layout.Trust) +
		", then apply it: every cluster must trust both roots before " + next)
	return a.advisePins(after, "")
}
