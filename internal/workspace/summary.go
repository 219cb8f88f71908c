package workspace

import (
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Summary returns the summary of the workspace's mesh. Places are relative to the directory of mesh.yaml; sealed files
// are read to determine what is held back.
func (ws *Public) Summary() (summary.Summary, error) {
	found, _, err := ws.SummaryWithSealed()
	return found, err
}

// SummaryWithSealed also returns the sealed files, by path.
func (ws *Public) SummaryWithSealed() (summary.Summary, map[string]*sealing.File, error) {
	in := summary.Input{
		Mesh:    ws.Doc.Mesh,
		Graph:   ws.Graph,
		Bundles: ws.Bundles,
		Root:    ws.RootText,
		Phases:  map[string]*mesh.RootPhase{},
		Locate:  ws.where,
	}
	state, _ := ws.Doc.State()
	for _, name := range ws.Graph.Names() {
		if phase := state.Cluster(name).RootPhase; phase != nil {
			in.Phases[name] = phase
		}
	}
	sealed, err := ws.ReadSealed(ws.Graph.Names())
	if err != nil {
		return summary.Summary{}, nil, err
	}
	held, err := render.HeldBack(
		render.Input{Mesh: ws.Doc.Mesh, Graph: ws.Graph, Bundles: ws.Bundles, Root: ws.RootText, Sealed: sealed}, nil)
	in.Held = render.Summarized(held)
	return summary.New(in), sealed, err
}

func (ws *Public) where(field string) (file string, line int) {
	file, line = ws.Doc.Where(field)
	if file == ws.Name && file != Stdin {
		file = filepath.Base(file)
	}
	return file, line
}
