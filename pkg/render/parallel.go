package render

import (
	"errors"
	"runtime"
	"sync"
)

// forEach calls produce for every name, on all processors, and returns the results in the order
// of the names. Errors are joined in that order too.
func forEach[T any](names []string, produce func(string) (T, error)) ([]T, error) {
	results, errs := make([]T, len(names)), make([]error, len(names))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(names)) {
		workers.Go(func() {
			for i := range next {
				results[i], errs[i] = produce(names[i])
			}
		})
	}
	for i := range names {
		next <- i
	}
	close(next)
	workers.Wait()
	return results, errors.Join(errs...)
}
