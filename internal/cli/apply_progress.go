package cli

import (
	"context"
	"fmt"
)

// progress says of each cluster, as soon as it has come so far, what is done: to a person who
// waits at a terminal. A log has the report at the end.
func (r *applyRun) progress(done string, stage func(context.Context, *applyCluster) error) func(context.Context, *applyCluster) error {
	if !r.OutIsTerminal {
		return stage
	}
	return func(ctx context.Context, c *applyCluster) error {
		err := stage(ctx, c)
		if err == nil {
			r.saying.Lock()
			defer r.saying.Unlock()
			fmt.Fprintf(r.ErrOut, "%s: %s\n", c.Name, done)
		}
		return err
	}
}
