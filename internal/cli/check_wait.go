package cli

import (
	"context"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/inspect"
	"github.com/kubectl-mesh/kubectl-mesh/internal/proof"
	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
)

// waitInterval is the pause between two runs of check --wait. istiod takes seconds to read a cluster.
const waitInterval = 5 * time.Second

// await looks until a run is worth exit code 0 or the time is over, and returns the last run. A run that is under way
// is finished. What is waited for is said each time that it changes, on a line of its own.
func (o *checkOptions) await(
	ctx context.Context, clock proof.Clock, look func(context.Context) (inspect.Seen, error),
) (inspect.Seen, error) {
	end := clock.Now().Add(o.wait)
	for said := ""; ; {
		seen, err := look(ctx)
		if err != nil || o.outcome(seen) == nil || o.wait == 0 {
			return seen, err
		}
		if line := report.Waiting(seen.Results); line != said {
			o.tell().Say("%s", line)
			said = line
		}
		left := end.Sub(clock.Now())
		if left <= 0 {
			o.tell().Warn("", "some checks still fail or are unknown after %s", o.wait)
			return seen, nil
		}
		if err := clock.Sleep(ctx, min(waitInterval, left)); err != nil {
			return seen, err
		}
	}
}
