// Package parallel processes items concurrently, and keeps their order.
package parallel

import (
	"context"
	"iter"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// maxParallel is the number of clusters that are queried concurrently.
const maxParallel = 16

// Each calls work for 0 to n-1 on all processors. A few goroutines share the work, because each new one would have to
// grow its stack.
func Each(n int, work func(i int)) {
	var group errgroup.Group
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), n) {
		group.Go(func() error {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				work(i)
			}
			return nil
		})
	}
	_ = group.Wait() // work returns no error
}

// InOrder processes several items concurrently, and yields the results in the order of the items, as soon as possible.
// Work should end soon after its context, which ends with the loop.
func InOrder[T, R any](ctx context.Context, items []T, work func(context.Context, T) R) iter.Seq2[T, R] {
	return func(yield func(T, R) bool) {
		var group errgroup.Group
		defer func() { _ = group.Wait() }()
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()

		results := make([]chan R, len(items))
		for i := range results {
			results[i] = make(chan R, 1)
		}
		var next atomic.Int64
		for range min(maxParallel, len(items)) {
			group.Go(func() error {
				for i := int(next.Add(1)) - 1; i < len(items); i = int(next.Add(1)) - 1 {
					results[i] <- work(ctx, items[i])
				}
				return nil
			})
		}
		for i, item := range items {
			if !yield(item, <-results[i]) {
				return
			}
		}
	}
}
