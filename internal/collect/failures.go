package collect

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Failures joins the errors of all clusters, each with its cluster's name. A problem of the disk with the workspace in
// dir affects all of them, and is reported once.
func Failures(results []Result, dir string) error {
	var errs []error
	var interrupted, unkept []string
	var disk error
	for _, result := range results {
		for _, err := range hint.Split(result.Err) {
			switch {
			case errors.Is(err, verdict.ErrInterrupted):
				interrupted = append(interrupted, result.Cluster)
			case diskRemedy(err, dir) != "":
				unkept = append(unkept, result.Cluster)
				disk = cmp.Or(disk, err)
			default:
				// The context of a cluster can be invalid input, but the command's is not.
				errs = append(errs, hint.Add(errors.New(result.Cluster+": "+err.Error()), hint.Of(err)...))
			}
		}
	}
	if disk != nil {
		names := strings.Join(slices.Compact(unkept), ", ")
		errs = append(errs, hint.Errorf(diskRemedy(disk, dir), "store the facts of %s: %w", names, hint.Without(disk)))
	}
	if interrupted != nil {
		errs = append(errs, fmt.Errorf("%w: not finished: %s", verdict.ErrInterrupted, strings.Join(interrupted, ", ")))
	}
	return errors.Join(errs...)
}
