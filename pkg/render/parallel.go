package render

import (
	"errors"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// forEach calls produce for every name, on all processors, and returns the results in the order
// of the names. Errors are joined in that order too.
func forEach[T any](names []string, produce func(string) (T, error)) ([]T, error) {
	results, errs := make([]T, len(names)), make([]error, len(names))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		group.Go(func() error {
			results[i], errs[i] = produce(name)
			return nil
		})
	}
	_ = group.Wait() // the errors are beside the results
	return results, errors.Join(errs...)
}
