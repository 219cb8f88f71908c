package collect

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// ReadDirectory reads the JSON files of a directory, which gcloud printed, and finds the mesh in them.
func ReadDirectory(ctx context.Context, directory string, ws *workspace.Workspace) (*check.Dump, error) {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return nil, verdict.Input(hint.IfMissing(terminal.QuotePath(err), saveDumps))
	}
	var files []string
	for _, entry := range entries {
		if !entry.IsDir() && strings.EqualFold(filepath.Ext(entry.Name()), ".json") {
			files = append(files, filepath.Join(directory, entry.Name()))
		}
	}
	if len(files) == 0 {
		return nil, verdict.Inputf("create them: gcloud container clusters list --format=json > clusters.json, and "+
			"gcloud compute firewall-rules list --format=json > rules.json", "%s contains no JSON files", directory)
	}
	slices.Sort(files)
	text, err := ReadDumps(ctx, nil, files)
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
