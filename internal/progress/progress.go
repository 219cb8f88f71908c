// Package progress passes on what a command is doing right now: which clusters it talks to, which step of a plan it
// takes. Work says so where it is done, and knows nothing of the line that shows it.
package progress

import (
	"context"
	"slices"
	"sync"
)

type key struct{}

// tracker holds what is being done, in the order in which it began. The same may be begun twice: a part of some work
// may be about the same cluster.
type tracker struct {
	mutex sync.Mutex
	now   []string
	show  func(now []string)
}

// Watch returns a context for work that is shown. What is being done is passed to show whenever it changes, each thing
// once; show must not begin work itself.
func Watch(ctx context.Context, show func(now []string)) context.Context {
	return context.WithValue(ctx, key{}, &tracker{show: show})
}

// Begin says that something is being done until end is called. It does nothing where nobody watches.
func Begin(ctx context.Context, what string) (end func()) {
	t, ok := ctx.Value(key{}).(*tracker)
	if !ok {
		return func() {}
	}
	t.change(func() { t.now = append(t.now, what) })
	return func() {
		t.change(func() {
			if at := slices.Index(t.now, what); at >= 0 {
				t.now = slices.Delete(t.now, at, at+1)
			}
		})
	}
}

func (t *tracker) change(how func()) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	how()
	var once []string
	for _, what := range t.now {
		if !slices.Contains(once, what) {
			once = append(once, what)
		}
	}
	t.show(once)
}
