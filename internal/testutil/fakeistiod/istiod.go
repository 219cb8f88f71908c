// Package fakeistiod is the debug interface of an istiod pod for tests, with its own clock.
package fakeistiod

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/proof"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"
)

// Istiod has synced a cluster and knows endpoints of one service in it.
type Istiod struct {
	// Peer is the ID of the cluster, Endpoints their current number.
	Peer      string
	Endpoints func() int
	// Refuses is the error of every request.
	Refuses error

	now time.Time
}

// Options query it instead of the istiods of any cluster.
func (i *Istiod) Options() proof.Options {
	return proof.Options{Open: func(*live.Cluster) (proof.Istiods, error) { return i, nil }, Clock: i}
}

// Now returns the fake's time.
func (i *Istiod) Now() time.Time { return i.now }

// Sleep advances the time immediately.
func (i *Istiod) Sleep(ctx context.Context, duration time.Duration) error {
	i.now = i.now.Add(duration)
	return ctx.Err()
}

// Ready is the pod.
func (i *Istiod) Ready(context.Context) ([]cluster.IstiodPod, error) {
	return []cluster.IstiodPod{{Name: "istiod-5b9c"}}, i.Refuses
}

// Read streams a page.
func (i *Istiod) Read(_ context.Context, _, path string, read func(io.Reader) error) error {
	page := fmt.Sprintf(`[{"id": %q, "syncStatus": "synced"}]`, i.Peer)
	if path == endpoints.PathShards {
		list := strings.TrimSuffix(strings.Repeat("{},", i.Endpoints()), ",")
		page = `{"a.shop": {"shop": {"Shards": {"Kubernetes/` + i.Peer + `": [` + list + `]}}}}`
	}
	return read(strings.NewReader(page))
}
