package collect_test

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/collect"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// TestFailures: every cluster's errors, those of the disk and of an interrupt once for all.
func TestFailures(t *testing.T) {
	full := func(file string) error { return fmt.Errorf("write %s: sync: %w", file, syscall.ENOSPC) }
	all := []collect.Result{
		{Cluster: "a"},
		{Cluster: "b", Err: hint.Add(errors.New("no answer"), "wait")},
		{Cluster: "c", Err: errors.Join(full("c.yaml"), hint.Add(errors.New("no token"), "make one"), full("token"))},
		{Cluster: "d", Err: errors.Join(nil, errors.Join(full("d.yaml")))},
		{Cluster: "e", Err: verdict.ErrInterrupted},
		{Cluster: "f", Err: verdict.ErrInterrupted},
	}
	err := collect.Failures(all, "/work")
	want := `b: no answer
hint: wait
c: no token
hint: make one
store the facts of c, d: write c.yaml: sync: no space left on device
hint: free disk space, and run the same command again: existing files are unchanged
interrupted: not finished: e, f`
	if diff := cmp.Diff(want, words(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !errors.Is(err, verdict.ErrInterrupted) {
		t.Error("an interrupt is not seen as one")
	}
	if err := collect.Failures(all[:1], "/work"); err != nil {
		t.Errorf("nothing failed: got %v", err)
	}
}

// words is an error as a person reads it: each problem, and its remedies below it.
func words(err error) string {
	var lines []string
	for _, problem := range hint.List(err) {
		lines = append(lines, problem.Text)
		for _, remedy := range problem.Remedies {
			lines = append(lines, "hint: "+remedy)
		}
	}
	return strings.Join(lines, "\n")
}
