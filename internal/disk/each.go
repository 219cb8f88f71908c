package disk

import (
	"cmp"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Each distributes the calls do(0) to do(n-1) among workers and returns the first error in that order. After an error
// it starts no further call.
func Each(workers, n int, do func(i int) error) error {
	var failed atomic.Bool
	errs := make([]error, n)
	var group errgroup.Group
	group.SetLimit(workers)
	for i := 0; i < n && !failed.Load(); i++ {
		group.Go(func() error {
			errs[i] = do(i)
			failed.CompareAndSwap(false, errs[i] != nil)
			return errs[i]
		})
	}
	_ = group.Wait() // the first in time, which differs from run to run
	return cmp.Or(errs...)
}
