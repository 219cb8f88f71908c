package cli

import (
	"context"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/sample"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// withSample deploys the sample in every cluster while a check runs, if --apply requests that.
func (o *checkOptions) withSample(ctx context.Context, run func(context.Context) error) (err error) {
	if !o.apply {
		return run(ctx)
	}
	ws, _, err := workspace.Open(ctx, o.source(o.filename))
	if err != nil {
		return err
	}
	defer ws.Close()
	in := sample.Input{Workspace: ws, Log: o.log()}
	if in.Clusters, err = o.clusters(ws, o.cluster); err != nil {
		return err
	}
	in.Targets = in.Clusters.Own(ws.Doc.Mesh.Spec)
	if o.wait == 0 {
		o.wait = 2 * time.Minute // pods start, and istiods pick up their endpoints
	}
	return sample.During(ctx, in, run)
}
