package workspace

import (
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// SummaryInput is what a summary of the workspace follows from. Places are relative to the directory of mesh.yaml.
func (ws *Workspace) SummaryInput() (summary.Input, error) {
	in := summary.Input{Mesh: ws.Doc.Mesh, Graph: ws.Graph, Bundles: ws.Bundles, Phases: map[string]*mesh.RootPhase{}, Locate: ws.where}
	for _, name := range ws.Graph.Names() {
		if phase := ws.RootPhase(name); phase != nil {
			in.Phases[name] = phase
		}
	}
	var err error
	in.Root, err = ws.ReadOptional(layout.RootCertificate())
	return in, err
}

func (ws *Workspace) where(field string) (file string, line int) {
	file, line = ws.Doc.Where(field)
	if file == ws.Name && file != Stdin {
		file = filepath.Base(file)
	}
	return file, line
}
