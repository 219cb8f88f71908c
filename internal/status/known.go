package status

import (
	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/tree"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

// Known is what a command has just done or seen, so that it is not looked at again.
type Known struct {
	// Workspace is still open, with the problems that reading it found; nil: read it.
	Workspace *workspace.Workspace
	Problems  []mesh.Problem
	// Dir holds the tree, which was just written; empty: compare deploy/ with what would be rendered.
	Dir string
	// Partial says that not every cluster was rendered.
	Partial bool
	// HeldBack counts the files that cannot be rendered yet.
	HeldBack int
	// Live is how clusters compare with the mesh, by name.
	Live map[string]Live
	// Sample says that the sample was applied: it is there to be called.
	Sample bool
}

// KnownTree is what a rendering leaves to know.
func KnownTree(in tree.Input, made tree.Rendered, to tree.Target) Known {
	known := Known{Workspace: in.Workspace, Problems: in.Problems}
	known.Dir, known.Partial, known.HeldBack = to.Dir, len(to.Only) > 0, len(made.Held)
	return known
}

// KnownClusters is what an apply, or its dry run, leaves to know.
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
