package authority

import (
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// advisePins says which edit of mesh.yaml pins exactly these roots; nothing where it does already. What was
// made elsewhere is compared before it is pinned.
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
