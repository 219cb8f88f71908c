package clusters

import (
	"context"
	"fmt"
	"time"
)

const (
	pollInterval = 50 * time.Millisecond
	tryTimeout   = 5 * time.Second // of one request, so that a lost response does not use up the whole wait
)

// await polls until ready returns nil, ctx ends, or p ends.
func await(ctx context.Context, p *process, ready func(context.Context) error) error {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		err := try(ctx, ready)
		if err == nil {
			return nil
		}
		select {
		case <-ticker.C:
		case <-p.done:
			return fmt.Errorf("wait for %s: it ended with %s: %w", p.name, p.cmd.ProcessState, err)
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w: %w", p.name, ctx.Err(), err)
		}
	}
}

func try(ctx context.Context, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, tryTimeout)
	defer cancel()
	return ready(ctx)
}
