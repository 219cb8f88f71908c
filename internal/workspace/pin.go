package workspace

import (
	"github.com/kubectl-mesh/kubectl-mesh/internal/facts"
	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// PinUID records the UID of a cluster: from then on no other one is taken for it.
func (ws *Workspace) PinUID(cluster, uid string) error {
	text, _, err := facts.Merge(ws.Doc.Facts(cluster), cluster, []facts.Fact{{Field: "uid", Values: []string{uid}}})
	if err != nil {
		return err
	}
	return output.WriteFile(ws.Path(layout.Facts(cluster)), text, output.FileOptions{Mode: 0o644, Force: true})
}
