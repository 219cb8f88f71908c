package status

import (
	"context"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// Place is where a workspace and the contexts of its clusters are.
type Place struct {
	Source  workspace.Source
	Options live.Options
	// Live asks the clusters too. Without it, a kubeconfig that cannot be read is one without contexts.
	Live    bool
	Environ []string
	Now     time.Time
	Known   Known
}

// Look opens what a place has, and looks at it.
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
