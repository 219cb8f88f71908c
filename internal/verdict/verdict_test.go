package verdict_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

func TestCode(t *testing.T) {
	failed := errors.New("no route to host")
	for _, test := range []struct {
		name string
		err  error
		want int
	}{
		{"nothing went wrong", nil, 0},
		{"no error is no bad input", verdict.Input(nil), 0},
		{"it failed", failed, 1},
		{"bad input", verdict.Input(failed), 2},
		{"bad input among others", fmt.Errorf("render: %w", errors.Join(failed, verdict.Inputf("fix it", "no cluster %q", "east"))), 2},
		{"not everything could be seen", verdict.ErrIncomplete, 3},
		{"and something failed", errors.Join(failed, verdict.ErrIncomplete), 1},
		{"interrupted, whatever else", errors.Join(verdict.Input(failed), verdict.ErrInterrupted), 130},
	} {
		if got := verdict.Code(test.err); got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
	}
}

// TestInterrupted: an error of the context alone is the user's doing; what else went wrong is kept.
func TestInterrupted(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	failed := errors.New("no route to host")
	halfWay := errors.Join(verdict.ErrInterrupted, context.Canceled)
	for _, test := range []struct {
		name      string
		ctx       context.Context
		err, want error
	}{
		{"nothing", ended, nil, nil},
		{"the context", ended, fmt.Errorf("ask east: %w", context.Canceled), verdict.ErrInterrupted},
		{"another failure", ended, failed, failed},
		{"a report of what was done", ended, halfWay, halfWay},
		{"a context of its own that ended", t.Context(), context.Canceled, context.Canceled},
	} {
		if got := verdict.Interrupted(test.ctx, test.err); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestInputKeepsItsRemedy(t *testing.T) {
	got := hint.List(fmt.Errorf("read: %w", verdict.Inputf("name one", "no cluster %q", "east")))
	want := []hint.Problem{{Text: `read: no cluster "east"`, Remedies: []string{"name one"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
