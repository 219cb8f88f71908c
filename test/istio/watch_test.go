package istio

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/test/istio/istiod"
)

// loss is an endpoint that was there when a watch began, and was not there for a while.
type loss struct {
	where, endpoint string
	from, until     time.Duration // since the watch began; until is 0 while it lasts
}

func (l loss) String() string {
	until := "the end"
	if l.until != 0 {
		until = l.until.Round(pollInterval).String()
	}
	return fmt.Sprintf("%s: %s from %s to %s", l.where, l.endpoint, l.from.Round(pollInterval), until)
}

// isGateway reports whether a ztunnel lost its way into another network, which it gets as "NETWORK by ADDRESS:PORT".
func (l loss) isGateway() bool {
	return strings.HasPrefix(l.where, "proxy of ") && strings.Contains(l.endpoint, " by ")
}

// view reads endpoints in one place.
type view struct {
	where string
	read  func(context.Context) ([]string, error)
}

// watcher looks at views again and again.
type watcher struct {
	views  []view
	before [][]string // by view
	losses []loss
	errs   []error
	looks  int
	began  time.Time
}

// watch looks every 100 ms at what the istiods of these members have from each other and at what their proxies get,
// until it is stopped, and returns what was missing in between.
func (m *mesh) watch(t *testing.T, members ...member) (stop func() []loss) {
	t.Helper()
	w := &watcher{views: m.views(members), began: time.Now()}
	for _, v := range w.views {
		before, err := v.read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(before) == 0 {
			t.Fatalf("%s: nothing is there that could be lost", v.where)
		}
		w.before = append(w.before, before)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var looking sync.WaitGroup
	looking.Go(func() { w.run(ctx) })
	return func() []loss {
		t.Helper()
		cancel()
		looking.Wait()
		for _, err := range w.errs {
			t.Error(err)
		}
		t.Logf("looked %d times in %s", w.looks, time.Since(w.began).Round(time.Second))
		return w.losses
	}
}

// views are what each istiod has of each member, and what each proxy gets.
func (m *mesh) views(members []member) []view {
	var views []view
	for _, member := range members {
		i, proxy := m.istiods[member.name], m.proxies[member.name]
		views = append(views,
			view{where: "istiod of " + member.name, read: func(ctx context.Context) ([]string, error) {
				shards, err := i.Shards(ctx, istiod.Host, istiod.HostNamespace)
				return flatten(shards), err
			}},
			view{where: "proxy of " + member.name, read: func(context.Context) ([]string, error) { return m.told(proxy) }},
		)
	}
	return views
}

func flatten(shards map[string][]istiod.Endpoint) []string {
	var all []string
	for cluster, endpoints := range shards {
		for _, e := range endpoints {
			all = append(all, fmt.Sprintf("%v of %s", e.Addresses, cluster))
		}
	}
	slices.Sort(all)
	return all
}

func (w *watcher) run(ctx context.Context) {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		for i, v := range w.views {
			got, err := v.read(ctx)
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				w.errs = append(w.errs, fmt.Errorf("%s: %w", v.where, err))
				return
			}
			w.note(i, got)
		}
		w.looks++
	}
}

// note opens and closes the losses of a view.
func (w *watcher) note(i int, got []string) {
	now := time.Since(w.began)
	for _, endpoint := range w.before[i] {
		open := slices.IndexFunc(w.losses, func(l loss) bool {
			return l.where == w.views[i].where && l.endpoint == endpoint && l.until == 0
		})
		there := slices.Contains(got, endpoint)
		switch {
		case there && open >= 0:
			w.losses[open].until = now
		case !there && open < 0:
			w.losses = append(w.losses, loss{where: w.views[i].where, endpoint: endpoint, from: now})
		}
	}
}

// hold lets the watches go on for a while: what a test waits for is that nothing happens.
func hold(t *testing.T) {
	t.Helper()
	select {
	case <-time.After(afterSync):
	case <-t.Context().Done():
		t.Fatal(t.Context().Err())
	}
}
