package output

import (
	"sync"
	"sync/atomic"
)

// workers share the folders of a tree. More than a few only wait for the same file system.
const workers = 2

// each calls do for 0 to n-1 and returns the first error in that order. After an error no
// further call begins.
func each(n int, do func(i int) error) error {
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
