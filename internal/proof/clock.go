package proof

import (
	"context"
	"time"
)

// Clock is the time that passes between two questions.
type Clock interface {
	Now() time.Time
	// Sleep ends early with the context, and then returns its error.
	Sleep(ctx context.Context, duration time.Duration) error
}

// WallClock is the time of the machine.
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
