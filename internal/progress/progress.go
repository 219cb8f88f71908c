// Package progress reports the current activity of a command: its clusters, or a step of a plan. The code that does the
// work reports it, and does not know the line that shows it.
package progress

import (
	"context"
	"slices"
	"sync"
)

type key struct{}

// tracker holds the current activities, in the order in which they started. An activity can be started twice, because
// parts of an operation can be about the same cluster.
type tracker struct {
	mutex sync.Mutex
	now   []string
	show  func(now []string)
}

// Watch returns a context whose activities are passed to show whenever they change, without duplicates; show must not
// start any itself.
func Watch(ctx context.Context, show func(now []string)) context.Context {
	return context.WithValue(ctx, key{}, &tracker{show: show})
}

// Begin reports an activity until end is called. Without Watch it does nothing.
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
