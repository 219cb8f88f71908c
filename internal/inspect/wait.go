package inspect

import (
	"context"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// pollInterval is the pause between two runs. istiod takes seconds to read a cluster.
const pollInterval = 5 * time.Second

// Wait repeats a run until it is done or time is up.
type Wait struct {
	// For is the maximum duration; 0 is one run.
	For time.Duration
	// Now returns the time, and Sleep pauses until the context ends.
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
	// Done reports whether a run is the last one, and Waiting what it still waits for.
	Done    func(Result) bool
	Waiting func(Result) string
	Log     hint.Log
}

// Await returns the last run. It completes a run that has started. What it waits for is printed whenever that changes.
func (w Wait) Await(ctx context.Context, look func(context.Context) (Result, error)) (Result, error) {
	end := w.Now().Add(w.For)
	for said := ""; ; {
		seen, err := look(ctx)
		if err != nil || w.Done(seen) || w.For == 0 {
			return seen, err
		}
		if line := w.Waiting(seen); line != said {
			w.Log.Info("%s", line)
			said = line
		}
		left := end.Sub(w.Now())
		if left <= 0 {
			w.Log.Warn("", "some checks still fail or are unknown after %s", w.For)
			return seen, nil
		}
		if err := w.Sleep(ctx, min(pollInterval, left)); err != nil {
			return seen, err
		}
	}
}
