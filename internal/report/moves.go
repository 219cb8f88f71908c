package report

import (
	"fmt"
	"io"

	"github.com/kubectl-mesh/kubectl-mesh/internal/migrate"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Moves prints each field that would leave a facts file, with its value and where it would go.
func Moves(w io.Writer, ws *workspace.Workspace, moves []migrate.Move) error {
	for _, move := range moves {
		to := ws.Name
		switch {
		case move.Dropped:
			to = "removed: " + ws.Name + " sets it"
		case move.To == mesh.InState:
			to = ws.Path(layout.State())
		}
		line := fmt.Sprintf("%s: %s: %s -> %s", move.Cluster, move.Field, move.Value, to)
		if _, err := fmt.Fprintln(w, terminal.OneLine(line)); err != nil {
			return err
		}
	}
	return nil
}
