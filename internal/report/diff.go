package report

import (
	"fmt"
	"io"

	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
)

// Differences prints a unified diff for each object that an apply would change, cluster by cluster.
func Differences(w io.Writer, found []rollout.Difference) error {
	for _, difference := range found {
		if difference.Text == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "# cluster %s\n%s", difference.Cluster, terminal.Plain(difference.Text)); err != nil {
			return err
		}
	}
	return nil
}
