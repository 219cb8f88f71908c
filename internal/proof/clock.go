package proof

import (
	"context"
	"time"
)

// Clock is the time between two queries.
type Clock interface {
	Now() time.Time
	// Sleep returns early with an error if the context ends.
	Sleep(ctx context.Context, duration time.Duration) error
}

// WallClock is the machine's time.
type WallClock struct{}

// Now is time.Now.
func (WallClock) Now() time.Time { return time.Now() }

// Sleep waits.
func (WallClock) Sleep(ctx context.Context, duration time.Duration) error {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
