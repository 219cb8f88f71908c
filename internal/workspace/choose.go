package workspace

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// ChooseCluster is the error of a command that requires a cluster: it lists the possible ones.
func (ws *Workspace) ChooseCluster(named, current string) error {
	var list strings.Builder
	for cluster := range ws.Graph.Clusters() {
		fmt.Fprintf(&list, "\n  %s", cluster.Name)
		if cluster.Context != "" {
			fmt.Fprintf(&list, " (context %q)", cluster.Context)
		}
	}
	why := "the kubeconfig has no current context"
	switch {
	case named != "":
		why = fmt.Sprintf("no cluster has context %q", named)
	case current != "":
		why = fmt.Sprintf("no cluster has the current context %q", current)
	}
	return verdict.Inputf("specify one: --cluster NAME", "no cluster is selected: %s; the mesh has%s", why, list.String())
}
