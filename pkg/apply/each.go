package apply

import (
	"context"
	"sync"
)

// workers is how many requests one cluster gets at once: enough to keep an API server busy,
// too few to starve its other clients.
const workers = 8

// each calls do for 0 to n-1, some at once, and stops handing out work when the context ends.
func each(ctx context.Context, n int, do func(int)) {
	next := make(chan int)
	var group sync.WaitGroup
	for range min(workers, n) {
		group.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	defer group.Wait()
	defer close(next)
	for i := range n {
		select {
		case next <- i:
		case <-ctx.Done():
			return
		}
	}
}
