package apply

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestConcurrently: no more than a few at once, all of them, and the error of each in its place.
func TestConcurrently(t *testing.T) {
	var running, most atomic.Int32
	errs := concurrently(t.Context(), 40, func(_ context.Context, i int) error {
		now := running.Add(1)
		for high := most.Load(); now > high; high = most.Load() {
			most.CompareAndSwap(high, now)
		}
		running.Add(-1)
		if i%10 == 0 {
			return errors.New(strconv.Itoa(i))
		}
		return nil
	})
	if most.Load() > maxRequests {
		t.Errorf("%d at once", most.Load())
	}
	if err := joinWork(t.Context(), errs); err == nil || err.Error() != "0\n10\n20\n30" {
		t.Errorf("got %v", err)
	}
}

// TestConcurrentlyInterrupted begins no more work, and says once that it was interrupted.
func TestConcurrentlyInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var begun atomic.Int32
	errs := concurrently(ctx, 100, func(context.Context, int) error {
		begun.Add(1)
		cancel()
		return errors.New("failed")
	})
	if n := begun.Load(); n == 0 || n > maxRequests {
		t.Errorf("%d were begun", n)
	}
	failed, not := 0, 0
	for _, err := range errs {
		if errors.Is(err, errNotBegun) {
			not++
		} else if err != nil {
			failed++
		}
	}
	if failed != int(begun.Load()) || failed+not != len(errs) {
		t.Errorf("%d failed, %d were not begun", failed, not)
	}
	joined := joinWork(ctx, []error{nil, errNotBegun, errors.New("a"), errNotBegun})
	if diff := cmp.Diff("a\ncontext canceled", joined.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestConcurrentlyNothing(t *testing.T) {
	if errs := concurrently(t.Context(), 0, nil); len(errs) > 0 || joinWork(t.Context(), errs) != nil {
		t.Errorf("got %v", errs)
	}
}
