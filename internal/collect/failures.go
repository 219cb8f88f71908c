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

// Failures are the errors of all clusters as one, each with the name of its own. What is wrong with the disk that
// holds the workspace in dir is wrong for all, and said once.
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
				// The context of one cluster may be wrong input; that of the command is not.
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
