package status

import (
	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

// Known is what a command has just done or read, so that it is not read again.
type Known struct {
	// Workspace is still open, with the problems of reading it; if nil, it is read.
	Workspace *workspace.Workspace
	Problems  []mesh.Problem
	// Dir contains the tree that was just written; if empty, deploy/ is compared with what would be rendered.
	Dir string
	// Partial is set if not all clusters were rendered.
	Partial bool
	// HeldBack counts the files that cannot be rendered yet.
	HeldBack int
	// Live is how clusters compare with the mesh, by name.
	Live map[string]Live
	// Sample is set if the sample was applied, so that it can be called.
	Sample bool
}

// KnownTree returns what is known after a rendering.
func KnownTree(in tree.Input, made tree.Rendered, to tree.Target) Known {
	known := Known{Workspace: in.Workspace, Problems: in.Problems}
	known.Dir, known.Partial, known.HeldBack = to.Dir, len(to.Only) > 0, len(made.Held)
	return known
}

// KnownClusters returns what is known after an apply or its dry run.
func KnownClusters(reports []rollout.Report, in rollout.Input) Known {
	known := Known{Live: map[string]Live{}, Sample: in.Sample && !in.DryRun}
	for _, report := range reports {
		live := Live{Pending: len(report.NotApplied), Error: report.Error}
		if in.DryRun {
			live.Pending = report.Pending()
		}
		known.Live[report.Cluster] = live
	}
	return known
}
