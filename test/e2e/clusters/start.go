package clusters

import (
	"context"
	"testing"
	"time"
)

// startTimeout bounds the start of all clusters together. They take seconds; a machine that is busy compiling takes
// longer.
const startTimeout = 3 * time.Minute

// Start starts a cluster for each name, in parallel, and returns them in that order once all are ready. A test that
// needs another cluster calls it again. They end with the test, and print their last lines if it fails.
func Start(t testing.TB, names ...string) []*Cluster {
	t.Helper()
	binaries, err := Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g, err := newGroup(t.TempDir(), binaries, names)
	if err != nil {
		t.Fatalf("prepare clusters: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			logTails(t, g.processes()...)
		}
		g.stop()
	})
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	if err := g.start(ctx, binaries.Etcd); err != nil {
		t.Fatalf("start clusters: %v", err)
	}
	return g.clusters
}
