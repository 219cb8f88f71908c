package report

import (
	"fmt"
	"io"

	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
)

// Differences prints what an apply would change, per cluster: a unified diff for each object, or data.
func Differences(w io.Writer, format string, found []rollout.Difference) error {
	if format != "" {
		return Document(w, format, "DiffReport", struct {
			// Clusters are those that could be compared.
			Clusters []rollout.Difference `json:"clusters"`
		}{Clusters: append([]rollout.Difference{}, found...)})
	}
	for _, difference := range found {
		text := difference.Text()
		if text == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "# cluster %s\n%s", difference.Cluster, terminal.Plain(text)); err != nil {
			return err
		}
	}
	return nil
}
