package review

import (
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// side is one of the two meshes, with what it renders from. The zero side is no mesh at all.
type side struct {
	changes.Side
	input render.Input
}

// newSide says what a mesh means, and what the rules find in it.
func newSide(ws *workspace.Public) (side, error) {
	meaning, err := ws.Summary()
	if err != nil {
		return side{}, err
	}
	// The rules look at what is sealed too, which the summary has read.
	return side{
		Side:  changes.Side{Summary: meaning, Mesh: ws.Doc.Mesh, Problems: ws.Check(nil), Where: ws.Doc.Where},
		input: render.Input{Mesh: ws.Doc.Mesh, Graph: ws.Graph, Bundles: ws.Bundles},
	}, nil
}
