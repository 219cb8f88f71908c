package live

import (
	"context"
	"time"
)

const (
	// settleTime bounds how long a run still writes down what it has done, settleInterrupted how long after it was
	// interrupted: a cluster that answers takes a fraction of it, and one that does not must not keep the user.
	settleTime        = 5 * time.Second
	settleInterrupted = time.Second
)

// Settling is a context for writing down what was done, also when the run was interrupted: its own end is not that of
// ctx, but comes soon after it.
func Settling(ctx context.Context) (context.Context, context.CancelFunc) {
	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(settleInterrupted, cancel) })
	return settling, func() {
		stop()
		cancel()
	}
}
