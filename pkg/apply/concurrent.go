package apply

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"
)

// maxRequests is the number of concurrent requests to a cluster: enough to keep an API server busy, too few to starve
// its other clients.
const maxRequests = 8

// errNotBegun is the error of work that was cancelled before it started.
var errNotBegun = errors.New("interrupted before it started")

// concurrently calls work for 0 to n-1, several at once, and returns each error.
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
	_ = group.Wait() // all errors are in errs
	return errs
}

// joinWork joins errors, and reports an interruption only once.
func joinWork(ctx context.Context, errs []error) error {
	var begun []error
	for _, err := range errs {
		if !errors.Is(err, errNotBegun) {
			begun = append(begun, err)
		}
	}
	return errors.Join(append(begun, ctx.Err())...)
}
