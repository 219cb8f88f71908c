// Package parallel does the same work for several items at a time, and keeps their order.
package parallel

import (
	"context"
	"iter"
	"sync"
)

// maxParallel bounds how many clusters are talked to at a time.
const maxParallel = 16

// InOrder does the work for several items at a time, and yields the results in the order of
// the items, each as soon as it is its turn. Work that takes its context seriously ends soon
// after the loop does.
func InOrder[T, R any](ctx context.Context, items []T, work func(context.Context, T) R) iter.Seq2[T, R] {
	return func(yield func(T, R) bool) {
		var running sync.WaitGroup
		defer running.Wait()
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()

		results := make([]chan R, len(items))
		todo := make(chan int, len(items))
		for i := range items {
			results[i] = make(chan R, 1)
			todo <- i
		}
		close(todo)
		for range min(maxParallel, len(items)) {
			running.Go(func() {
				for i := range todo {
					results[i] <- work(ctx, items[i])
				}
			})
		}
		for i, item := range items {
			if !yield(item, <-results[i]) {
				return
			}
		}
	}
}
