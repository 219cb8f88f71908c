package authority

import (
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// advisePins prints the edit of mesh.yaml that pins exactly these roots, unless it does already. Roots that were
// created elsewhere must be compared first.
func (c *change) advisePins(rootText []byte, first string) {
	c.then = append(c.then, func() error { return c.a.advisePins(rootText, first) })
}

func (a *Authority) advisePins(rootText []byte, first string) error {
	roots, err := trust.Fingerprints(rootText)
	if err != nil {
		return err
	}
	pins := a.Workspace.Doc.Pins()
	if !slices.Equal(slices.Sorted(slices.Values(pins.Roots)), slices.Sorted(slices.Values(roots))) {
		a.Log.Advise(first + v1alpha1.RootsEdit(pins, roots))
	}
	return nil
}
