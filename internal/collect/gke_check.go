package collect

import (
	"context"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// CheckDump reads gcloud output, and matches its clusters with those in mesh.yaml.
func CheckDump(ctx context.Context, directory string, ws *workspace.Workspace) (*check.Dump, error) {
	text, err := ReadDumpDirectory(ctx, directory)
	if err != nil {
		return nil, err
	}
	text.Clusters = Latest(SelectClusters(text.Clusters))
	dump := &check.Dump{Dump: text, Known: map[string]gke.Cluster{}, Files: shell.Name(directory) + "/*.json"}
	found, _ := Match(ws.Doc.Mesh.Spec.Clusters, text.Clusters)
	for _, one := range found {
		dump.Known[one.Target.Name] = one.Dump
	}
	return dump, nil
}
