// Package plan prints and runs the steps of an operation in order: the same data is shown, run, and resumed after an
// interruption.
package plan

import (
	"context"
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/progress"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// Step is one operation of a plan, in one place.
type Step struct {
	// Link that the step is for.
	Link string `json:"link"`
	// Location is a cluster, the workspace (Here), or another place in parentheses.
	Location string `json:"location"`
	// Action is what the step does, Command how to do it without this program, and Effect the consequence.
	Action  string `json:"action"`
	Command string `json:"command,omitempty"`
	Effect  string `json:"effect"`
	// Verification is how success is determined, Undo how to revert the step.
	Verification string `json:"verification,omitempty"`
	Undo         string `json:"undo,omitempty"`
	// Done is set if an earlier run performed the step.
	Done bool `json:"done,omitempty"`

	// Do performs the step. It is idempotent, so that an interrupted run can be repeated. If nil, the step is only shown.
	Do func(ctx context.Context) error `json:"-"`
	// Essential steps end the run if they fail, because later ones depend on them.
	Essential bool `json:"-"`
	// Remainder steps make the operation incomplete rather than failed if only they fail.
	Remainder bool `json:"-"`
}

// Here is the location of steps in the workspace.
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
