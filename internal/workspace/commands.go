package workspace

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// FilenameFlag is the flag that commands need to find the file.
func FilenameFlag(filename string) string {
	if filename == "mesh.yaml" {
		return ""
	}
	return " -f " + shell.Name(filename)
}

// Cluster returns the declared cluster with a name.
func (ws *Workspace) Cluster(name string) (*v1alpha1.Cluster, error) {
	declared, known := ws.Graph.Cluster(name)
	if !known {
		return nil, ws.noCluster(name)
	}
	return declared, nil
}

// CheckCluster rejects unknown cluster names.
func (ws *Workspace) CheckCluster(name string) error {
	_, err := ws.Cluster(name)
	return err
}

// noCluster lists the existing clusters.
func (ws *Workspace) noCluster(name string) error {
	names := ws.Graph.Names()
	hint := "the clusters are " + strings.Join(names, ", ")
	if len(names) > 20 {
		hint = fmt.Sprintf("the clusters are %s and %d more", strings.Join(names[:20], ", "), len(names)-20)
	}
	if near, ok := nearest.Name(name, names); ok {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return verdict.Inputf(hint, "no cluster %q in %s", name, ws.Name)
}

// RequestCommand returns the command that creates a pair's request.
func (ws *Workspace) RequestCommand(pair access.Pair) string {
	return "kubectl mesh credentials request --from " + shell.Name(pair.Consumer) + " --to " + shell.Name(pair.Target) +
		ws.FilenameFlag()
}

// CommitTree returns the command that commits a changed file, so that it can be reviewed and applied.
func (ws *Workspace) CommitTree(with string) string {
	return "render the tree, and commit it with " + shell.Name(ws.Path(with))
}

// CommitState returns the remedy of CommitTree for the recorded state, with the command that renders the tree.
func (ws *Workspace) CommitState() string {
	return ws.CommitTree(layout.State()) + ": kubectl mesh render --output-dir " + shell.Name(ws.Path(layout.Deploy)) +
		ws.FilenameFlag()
}

// ApplyCommand returns the command that applies a cluster's desired state. Without a context for the cluster, it is for
// another person, who needs none of ours.
func (ws *Workspace) ApplyCommand(cluster *v1alpha1.Cluster, secrets string) string {
	name := shell.Name(cluster.Name)
	if cluster.Context != "" {
		return "kubectl mesh render --apply --cluster " + name + ws.FilenameFlag()
	}
	return "kubectl mesh render --cluster " + name + " --secrets=" + secrets + ws.FilenameFlag() + " | kubectl " +
		"--context=" + shell.Name("CONTEXT_OF_"+cluster.Name) + " apply --server-side --field-manager=mesh-cli -f -"
}
