package render

import (
	"errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
)

// forEach calls produce for each item, using all processors, and returns the results in the order of the items. Errors
// are joined in the same order.
func forEach[S, T any](items []S, produce func(S) (T, error)) ([]T, error) {
	results, errs := make([]T, len(items)), make([]error, len(items))
	parallel.Each(len(items), func(i int) { results[i], errs[i] = produce(items[i]) })
	return results, errors.Join(errs...)
}
