package disk

import (
	"sync"
	"sync/atomic"
)

// Each shares the calls do(0) to do(n-1) among workers and returns the first error in that order. After an
// error no further call begins.
func Each(workers, n int, do func(i int) error) error {
	var (
		next   atomic.Int64
		failed atomic.Bool
		group  sync.WaitGroup
		errs   = make([]error, n)
	)
	for range min(n, workers) {
		group.Go(func() {
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if errs[i] = do(i); errs[i] != nil {
					failed.Store(true)
				}
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
