package apply

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"
)

// maxRequests is how many requests one cluster gets at once: enough to keep an API server busy, too few to starve its
// other clients.
const maxRequests = 8

// errNotBegun is of work that the end of the context prevented.
var errNotBegun = errors.New("interrupted before it started")

// concurrently does the work for 0 to n-1, some at once, and returns the error of each.
func concurrently(ctx context.Context, n int, work func(ctx context.Context, i int) error) []error {
	errs := make([]error, n)
	var group errgroup.Group
	group.SetLimit(maxRequests)
	for i := range n {
		group.Go(func() error {
			if errs[i] = errNotBegun; ctx.Err() == nil {
				errs[i] = work(ctx, i)
			}
			return nil // one error must not hide the others
		})
	}
	_ = group.Wait() // every error is in errs
	return errs
}

// joinWork is the errors of work; an interruption is one of them, once.
func joinWork(ctx context.Context, errs []error) error {
	var begun []error
	for _, err := range errs {
		if !errors.Is(err, errNotBegun) {
			begun = append(begun, err)
		}
	}
	return errors.Join(append(begun, ctx.Err())...)
}
