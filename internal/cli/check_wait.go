package cli

import (
	"context"

	"github.com/kubectl-mesh/kubectl-mesh/internal/inspect"
	"github.com/kubectl-mesh/kubectl-mesh/internal/proof"
	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
)

// await repeats the run until its exit code would be 0 or time is up, and returns the last run.
func (o *checkOptions) await(
	ctx context.Context, clock proof.Clock, look func(context.Context) (inspect.Result, error),
) (inspect.Result, error) {
	wait := inspect.Wait{For: o.wait, Now: clock.Now, Sleep: clock.Sleep, Log: o.log()}
	wait.Done = func(seen inspect.Result) bool { return o.outcome(seen) == nil }
	wait.Waiting = func(seen inspect.Result) string { return report.Waiting(seen.Results) }
	return wait.Await(ctx, look)
}
