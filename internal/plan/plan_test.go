package plan_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/plan"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// run takes steps that note their action; those in fails fail with it.
func run(ctx context.Context, steps plan.Steps, fails ...string) (taken, failed []string) {
	for i := range steps {
		action := steps[i].Action
		do := steps[i].Do
		steps[i].Do = func(ctx context.Context) error {
			taken = append(taken, action)
			for _, name := range fails {
				if name == action {
					return errors.New(action)
				}
			}
			if do != nil {
				return do(ctx)
			}
			return nil
		}
	}
	for _, failure := range steps.Run(ctx) {
		failed = append(failed, failure.Step.Action+": "+failure.Err.Error())
	}
	return taken, failed
}

// TestRun: the order is that of the plan, what is done is left out, and a failure ends the run where others rest on it.
func TestRun(t *testing.T) {
	steps := func(essential bool) plan.Steps {
		return plan.Steps{{Action: "a", Done: true}, {Action: "b", Essential: essential}, {Action: "c"}, {Action: "d", Essential: essential}}
	}
	for name, test := range map[string]struct {
		steps         plan.Steps
		fails         string
		taken, failed string
	}{
		"all of them":         {steps(true), "", "b c d", ""},
		"an essential one":    {steps(true), "b", "b", "b: b"},
		"one of its own":      {steps(false), "b", "b c d", "b: b"},
		"two of their own":    {steps(false), "b d", "b c d", "b: b d: d"},
		"nothing is left":     {plan.Steps{{Action: "a", Done: true}}, "", "", ""},
		"the second of three": {steps(true), "c", "b c d", "c: c"},
	} {
		taken, failed := run(t.Context(), test.steps, strings.Fields(test.fails)...)
		if got := strings.Join(taken, " "); got != test.taken {
			t.Errorf("%s: took %q, want %q", name, got, test.taken)
		}
		if got := strings.Join(failed, " "); got != test.failed {
			t.Errorf("%s: failed %q, want %q", name, got, test.failed)
		}
	}
}

// TestRunIsInterrupted: the step that is interrupted says so, whatever its own error, and no other begins.
func TestRunIsInterrupted(t *testing.T) {
	for name, own := range map[string]error{"within a step": errors.New("connection closed"), "between two": nil} {
		ctx, cancel := context.WithCancel(t.Context())
		began := false
		failures := plan.Steps{
			{Action: "a", Do: func(context.Context) error { cancel(); return own }},
			{Action: "b", Do: func(context.Context) error { began = true; return nil }},
		}.Run(ctx)
		if len(failures) != 1 || !errors.Is(failures[0].Err, verdict.ErrInterrupted) || began {
			t.Errorf("%s: got %v, the next step began: %t", name, failures, began)
		}
	}
}

// TestRunAgain: the second run begins where the first one failed, with the same steps.
func TestRunAgain(t *testing.T) {
	applied, broken := 0, true
	steps := func() plan.Steps {
		return plan.Steps{
			{Action: "record", Done: applied > 0, Essential: true, Do: func(context.Context) error { applied++; return nil }},
			{Action: "apply", Essential: true, Do: func(context.Context) error {
				if broken {
					return errors.New("etcd is gone")
				}
				return nil
			}},
		}
	}
	if failures := steps().Run(t.Context()); len(failures) != 1 || failures[0].Step.Action != "apply" {
		t.Errorf("the first run: %v", failures)
	}
	broken = false
	if failures := steps().Run(t.Context()); failures != nil || applied != 1 {
		t.Errorf("the second run: %v; recorded %d times", failures, applied)
	}
}

// TestPrint: text for a person, and JSON without what only a run needs.
func TestPrint(t *testing.T) {
	steps := plan.Steps{
		{Link: "a-b", Location: plan.Here, Action: "record generation 2", Effect: "both count", Undo: "rotate --abort", Done: true, Essential: true},
		{Link: "a-b", Location: "b", Action: "apply Secret x", Command: "kubectl apply", Effect: "b accepts it", Verification: "a call", Remainder: true},
	}
	const want = `1. (here): record generation 2 (done)
     effect:      both count
     undone by:   rotate --abort
2. b: apply Secret x
     effect:      b accepts it
     verified by: a call
`
	if diff := cmp.Diff(want, steps.String()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	text, err := json.Marshal(steps)
	if err != nil {
		t.Fatal(err)
	}
	const wantJSON = `[{"link":"a-b","location":"(here)","action":"record generation 2","effect":"both count","undo":"rotate --abort","done":true},` +
		`{"link":"a-b","location":"b","action":"apply Secret x","command":"kubectl apply","effect":"b accepts it","verification":"a call"}]`
	if diff := cmp.Diff(wantJSON, string(text)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}
