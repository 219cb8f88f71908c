package status

import (
	"context"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// Place is a workspace and the contexts of its clusters.
type Place struct {
	Source  workspace.Source
	Options live.Options
	// Live also queries the clusters. Without it, an unreadable kubeconfig has no contexts.
	Live    bool
	Environ []string
	Now     time.Time
	Known   Known
}

// Look opens a place and reports on it.
func Look[R any](ctx context.Context, p Place, at func(context.Context, Input) (R, error)) (none R, err error) {
	ws, problems := p.Known.Workspace, p.Known.Problems
	if ws == nil {
		if ws, problems, err = workspace.Read(ctx, p.Source); err != nil {
			return none, err
		}
		defer ws.Close()
	}
	in := Input{Workspace: ws, Problems: problems, Environ: p.Environ, Now: p.Now, Known: p.Known}
	contexts, err := live.Load(p.Options)
	if err == nil {
		in.Contexts = contexts
	} else if p.Live {
		return none, err
	}
	if p.Live {
		in.Live = contexts.For(ws.Live())
	}
	return at(ctx, in)
}
