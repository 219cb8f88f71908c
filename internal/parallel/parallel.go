// Package parallel does the same work for several items at a time, and keeps their order.
package parallel

import (
	"context"
	"iter"

	"golang.org/x/sync/errgroup"
)

// maxParallel bounds how many clusters are talked to at a time.
const maxParallel = 16

// InOrder does the work for several items at a time, and yields the results in the order of
// the items, each as soon as it is its turn. Work that takes its context seriously ends soon
// after the loop does.
func InOrder[T, R any](ctx context.Context, items []T, work func(context.Context, T) R) iter.Seq2[T, R] {
	return func(yield func(T, R) bool) {
		var group errgroup.Group
		group.SetLimit(maxParallel + 1) // and the one that starts them
		defer func() { _ = group.Wait() }()
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()

		results := make([]chan R, len(items))
		for i := range results {
			results[i] = make(chan R, 1)
		}
		group.Go(func() error {
			for i, item := range items {
				group.Go(func() error {
					results[i] <- work(ctx, item)
					return nil
				})
			}
			return nil
		})
		for i, item := range items {
			if !yield(item, <-results[i]) {
				return
			}
		}
	}
}
