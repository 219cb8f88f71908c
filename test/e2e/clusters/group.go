package clusters

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"
)

// group is an etcd and the clusters that keep their data in it.
type group struct {
	dir      string
	etcdURL  string
	etcd     *process
	clusters []*Cluster
}

// newGroup writes the files of all clusters and starts nothing.
func newGroup(dir string, binaries Binaries, names []string) (*group, error) {
	ports, err := freePorts(len(names) + 1)
	if err != nil {
		return nil, err
	}
	g := &group{dir: dir, etcdURL: fmt.Sprintf("http://127.0.0.1:%d", ports[len(names)])}
	for i, name := range names {
		c, err := newCluster(dir, name, g.etcdURL, ports[i], binaries)
		if err != nil {
			return nil, err
		}
		g.clusters = append(g.clusters, c)
	}
	return g, nil
}

func (g *group) start(ctx context.Context, etcd string) error {
	var err error
	if g.etcd, err = startEtcd(ctx, etcd, g.dir, g.etcdURL); err != nil {
		return err
	}
	all, ctx := errgroup.WithContext(ctx)
	for _, c := range g.clusters {
		all.Go(func() error { return c.start(ctx) })
	}
	return all.Wait()
}

// stop ends etcd last: an API server without it does not drain, it hangs.
func (g *group) stop() {
	var all sync.WaitGroup
	for _, c := range g.clusters {
		all.Go(c.Stop)
	}
	all.Wait()
	g.etcd.stop()
}

func (g *group) processes() []*process {
	all := []*process{g.etcd}
	for _, c := range g.clusters {
		all = append(all, c.apiServer, c.controllerManager)
	}
	return all
}
