package parallel

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
)

// TestEach does each piece of work once.
func TestEach(t *testing.T) {
	for _, n := range []int{0, 1, 2, 1000} {
		done := make([]atomic.Int32, n)
		Each(n, func(i int) { done[i].Add(1) })
		for i := range done {
			if times := done[i].Load(); times != 1 {
				t.Errorf("%d of %d: done %d times", i, n, times)
			}
		}
	}
}

func TestInOrder(t *testing.T) {
	items := make([]int, 100)
	for i := range items {
		items[i] = i
	}
	var running, most atomic.Int32
	last := make(chan struct{})
	work := func(_ context.Context, i int) int {
		now := running.Add(1)
		for high := most.Load(); now > high; high = most.Load() {
			most.CompareAndSwap(high, now)
		}
		if i == 0 {
			<-last // the first is done last
		}
		if i == len(items)-1 {
			close(last)
		}
		running.Add(-1)
		return 2 * i
	}
	var got []int
	for item, result := range InOrder(t.Context(), items, work) {
		if result != 2*item {
			t.Errorf("result of %d: got %d", item, result)
		}
		got = append(got, item)
	}
	if !slices.Equal(got, items) {
		t.Errorf("got %v, want the order of the items", got)
	}
	if most.Load() > maxParallel {
		t.Errorf("%d at a time, want at most %d", most.Load(), maxParallel)
	}
}

func TestInOrderNothing(t *testing.T) {
	for range InOrder(t.Context(), nil, func(context.Context, int) int { return 0 }) {
		t.Error("something was done")
	}
}

// TestInOrderBreak: who stops listening stops the work, and nothing goes on behind his back.
func TestInOrderBreak(t *testing.T) {
	var running atomic.Int32
	work := func(ctx context.Context, i int) error {
		running.Add(1)
		defer running.Add(-1)
		if i > 0 {
			<-ctx.Done()
		}
		return ctx.Err()
	}
	for _, err := range InOrder(t.Context(), []int{0, 1, 2, 3}, work) {
		if err != nil {
			t.Errorf("the first: got %v", err)
		}
		break
	}
	if n := running.Load(); n != 0 {
		t.Errorf("%d go on", n)
	}
}

// TestInOrderEnd: when the context ends, every item still has its result.
func TestInOrderEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	work := func(ctx context.Context, i int) error {
		if i == 2 {
			cancel()
		}
		<-ctx.Done()
		return ctx.Err()
	}
	results := 0
	for _, err := range InOrder(ctx, make([]int, 40), func(ctx context.Context, _ int) error { return work(ctx, 2) }) {
		if err == nil {
			t.Error("work did not see the end")
		}
		results++
	}
	if results != 40 {
		t.Errorf("results: got %d, want 40", results)
	}
}
