// Package fakeistiod is the debug interface of one pod of istiod for tests, in a time of its own.
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

// Istiod has synced a cluster and knows endpoints of one service there.
type Istiod struct {
	// Peer is the ID of the cluster, Endpoints how many there are at the moment.
	Peer      string
	Endpoints func() int
	// Refuses is the error of every request.
	Refuses error

	now time.Time
}

// Options have it asked instead of the istiods of any cluster.
func (i *Istiod) Options() proof.Options {
	return proof.Options{Open: func(*live.Cluster) (proof.Istiods, error) { return i, nil }, Clock: i}
}

// Now is the time of the fake.
func (i *Istiod) Now() time.Time { return i.now }

// Sleep has time pass at once.
func (i *Istiod) Sleep(ctx context.Context, duration time.Duration) error {
	i.now = i.now.Add(duration)
	return ctx.Err()
}

// Ready is the pod.
func (i *Istiod) Ready(context.Context) ([]cluster.IstiodPod, error) {
	return []cluster.IstiodPod{{Name: "istiod-5b9c"}}, i.Refuses
}

// Read hands over a page.
func (i *Istiod) Read(_ context.Context, _, path string, read func(io.Reader) error) error {
	page := fmt.Sprintf(`[{"id": %q, "syncStatus": "synced"}]`, i.Peer)
	if path == endpoints.PathShards {
		list := strings.TrimSuffix(strings.Repeat("{},", i.Endpoints()), ",")
		page = `{"a.shop": {"shop": {"Shards": {"Kubernetes/` + i.Peer + `": [` + list + `]}}}}`
	}
	return read(strings.NewReader(page))
}
