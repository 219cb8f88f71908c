// Package plan takes the steps of a piece of work in order, and prints them: the same data, whether they are shown,
// taken, or taken again after an interruption.
package plan

import (
	"context"
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/progress"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// Step is one step of a plan.
type Step struct {
	// Link is the link that it is for.
	Link string `json:"link"`
	// Location is a cluster, the workspace (Here), or something in parentheses that is neither.
	Location string `json:"location"`
	// Action says what is done, Command how it is done without this program, Effect what follows from it.
	Action  string `json:"action"`
	Command string `json:"command,omitempty"`
	Effect  string `json:"effect"`
	// Verification says how it is known to have worked, Undo how it is taken back.
	Verification string `json:"verification,omitempty"`
	Undo         string `json:"undo,omitempty"`
	// Done: an earlier run has taken it.
	Done bool `json:"done,omitempty"`

	// Do takes the step. Taken twice it has the same effect as once, so that an interrupted run can be repeated. Without
	// it the step is only shown.
	Do func(ctx context.Context) error `json:"-"`
	// Essential: what follows rests on it, so its failure ends the run.
	Essential bool `json:"-"`
	// Remainder: where it alone fails, the work is incomplete rather than failed.
	Remainder bool `json:"-"`
}

// Here is the location of what happens in the workspace.
const Here = "(here)"

// Steps are a plan.
type Steps []Step

// Failure is a step that could not be taken.
type Failure struct {
	Step Step
	Err  error
}

// Run takes the steps that are not done, in order. A failure ends the run where the step is essential; the others are
// collected. An interruption ends it before the next step, and the error of a step that it interrupts is
// verdict.ErrInterrupted.
func (s Steps) Run(ctx context.Context) []Failure {
	var failures []Failure
	for i, step := range s {
		if step.Done || step.Do == nil {
			continue
		}
		if ctx.Err() != nil {
			return append(failures, Failure{Step: step, Err: verdict.ErrInterrupted})
		}
		err := s.do(ctx, i)
		if err != nil && ctx.Err() != nil {
			err = verdict.ErrInterrupted
		}
		if err == nil {
			continue
		}
		failures = append(failures, Failure{Step: step, Err: err})
		if step.Essential || ctx.Err() != nil {
			break
		}
	}
	return failures
}

// do takes one step, which a line of progress names.
func (s Steps) do(ctx context.Context, i int) error {
	defer progress.Begin(ctx, fmt.Sprintf("step %d of %d, %s: %s", i+1, len(s), s[i].Location, s[i].Action))()
	return s[i].Do(ctx)
}

// String numbers the steps, each with its effect, and with how it is verified and undone.
func (s Steps) String() string {
	var text strings.Builder
	for i, step := range s {
		state := ""
		if step.Done {
			state = " (done)"
		}
		fmt.Fprintf(&text, "%d. %s: %s%s\n", i+1, step.Location, step.Action, state)
		for _, detail := range []struct{ name, says string }{
			{name: "effect", says: step.Effect},
			{name: "verified by", says: step.Verification},
			{name: "undone by", says: step.Undo},
		} {
			if detail.says != "" {
				fmt.Fprintf(&text, "     %-12s %s\n", detail.name+":", detail.says)
			}
		}
	}
	return text.String()
}
