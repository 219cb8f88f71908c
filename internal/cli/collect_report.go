package cli

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/collect"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// report tells what came of each cluster of the workspace in dir, and turns what went wrong into one error.
func (o *collectOptions) report(dir string, results iter.Seq2[*v1alpha1.Cluster, collect.Result]) error {
	all := []collect.Result{}
	for _, result := range results {
		all = append(all, result)
		if o.output == "" {
			o.say(result)
		}
	}
	if o.output != "" {
		if err := printData(o.Out, o.output, struct {
			Clusters []collect.Result `json:"clusters"`
		}{all}); err != nil {
			return err
		}
	}
	return errors.Join(failures(all, dir)...)
}

// say prints the notes and one line about a cluster.
func (o *collectOptions) say(result collect.Result) {
	for _, note := range result.Notes {
		fmt.Fprintf(o.ErrOut, "warning: %s: %s\n", result.Cluster, terminal.OneLine(note.String()))
	}
	var done []string
	if len(result.Changed) > 0 {
		done = append(done, fmt.Sprintf("facts written (%d changed)", len(result.Changed)))
	}
	written := 0
	for _, token := range result.Tokens {
		if token.Written {
			written++
		}
		if token.Expires != nil {
			fmt.Fprintf(o.ErrOut, "%s: the token of %s lives until %s\n", result.Cluster, token.Consumer, token.Expires.Format(time.RFC3339))
		}
	}
	if written > 0 {
		done = append(done, terminal.Count(written, "token")+" written")
	}
	if len(done) == 0 && result.Err == nil {
		done = []string{"unchanged"}
	}
	if len(done) > 0 {
		fmt.Fprintf(o.ErrOut, "%s: %s\n", result.Cluster, strings.Join(done, ", "))
	}
}

// failures are the errors of all clusters, each with the name of its own. What is wrong with
// the disk is wrong for all, and said once.
func failures(all []collect.Result, dir string) []error {
	var errs []error
	var interrupted, unkept []string
	var disk error
	for _, result := range all {
		for _, err := range hint.Split(result.Err) {
			switch {
			case errors.Is(err, verdict.ErrInterrupted):
				interrupted = append(interrupted, result.Cluster)
			case collect.DiskRemedy(err, dir) != "":
				unkept = append(unkept, result.Cluster)
				disk = cmp.Or(disk, err)
			default:
				// The context of one cluster may be wrong input; that of the command is not.
				errs = append(errs, hint.Add(errors.New(result.Cluster+": "+err.Error()), hint.Of(err)...))
			}
		}
	}
	if disk != nil {
		errs = append(errs, hint.Add(fmt.Errorf("cannot keep what %s told: %w", strings.Join(slices.Compact(unkept), ", "), hint.Without(disk)), collect.DiskRemedy(disk, dir)))
	}
	if interrupted != nil {
		errs = append(errs, fmt.Errorf("%w: not finished: %s", verdict.ErrInterrupted, strings.Join(interrupted, ", ")))
	}
	return errs
}
