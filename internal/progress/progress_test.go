package progress_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/progress"
)

// TestBegin shows what began and has not ended, in that order, and the same thing once.
func TestBegin(t *testing.T) {
	var shown []string
	ctx := progress.Watch(t.Context(), func(now []string) { shown = append(shown, strings.Join(now, "+")) })
	east := progress.Begin(ctx, "east")
	west := progress.Begin(ctx, "west")
	part := progress.Begin(ctx, "east")
	part()
	east()
	west()
	if got, want := strings.Join(shown, " "), "east east+west east+west west+east west "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestBeginUnwatched does nothing.
func TestBeginUnwatched(t *testing.T) { progress.Begin(t.Context(), "east")() }

// TestBeginAtOnce is for the race detector.
func TestBeginAtOnce(t *testing.T) {
	last := 1
	ctx := progress.Watch(t.Context(), func(now []string) { last = len(now) })
	var group sync.WaitGroup
	for _, name := range []string{"east", "west", "north"} {
		group.Go(func() { progress.Begin(ctx, name)() })
	}
	group.Wait()
	if last != 0 {
		t.Errorf("%d are still shown", last)
	}
}
