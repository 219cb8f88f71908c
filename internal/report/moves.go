package report

import (
	"cmp"
	"fmt"
	"io"

	"github.com/kubectl-mesh/kubectl-mesh/internal/migrate"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// move is a field to move from a facts file, as JSON.
type move struct {
	Cluster string `json:"cluster"`
	Field   string `json:"field"`
	// Value on one line, as YAML.
	Value string `json:"value"`
	// To is the file that gets the field; if empty, mesh.yaml already sets it, and it is removed.
	To string `json:"to,omitempty"`
}

// Moves prints each field to move from a facts file, with its value and destination, or data.
func Moves(w io.Writer, format string, ws *workspace.Workspace, moves []migrate.Move) error {
	list := []move{}
	for _, m := range moves {
		one := move{Cluster: m.Cluster, Field: m.Field, Value: m.Value, To: ws.Name}
		switch {
		case m.Dropped:
			one.To = ""
		case m.To == mesh.InState:
			one.To = ws.Path(layout.State())
		}
		list = append(list, one)
	}
	if format != "" {
		return Document(w, format, "MigrationReport", struct {
			Moves []move `json:"moves"`
		}{Moves: list})
	}
	for _, one := range list {
		to := cmp.Or(one.To, "removed: "+ws.Name+" sets it")
		line := fmt.Sprintf("%s: %s: %s -> %s", one.Cluster, one.Field, one.Value, to)
		if _, err := fmt.Fprintln(w, terminal.OneLine(line)); err != nil {
			return err
		}
	}
	return nil
}
