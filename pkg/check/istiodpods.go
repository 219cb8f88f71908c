package check

import (
	"context"
	"io"

	"golang.org/x/sync/errgroup"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"
)

// IstiodDebug is the debug interface of one pod of istiod.
type IstiodDebug struct {
	// Pod is its name; empty where the interface was named by a URL.
	Pod  string
	Read func(ctx context.Context, path string, read func(io.Reader) error) error
}

// IstiodPod is what one pod of istiod knows of other clusters.
type IstiodPod struct {
	Name string
	// Status of each cluster by its ID, and the endpoints there by service.
	Status    Reading[map[string]string]
	Endpoints Reading[endpoints.Known]
}

// askPods asks every ready pod: each serves some of the proxies, and one may have lost what another has.
func (t Target) askPods(ctx context.Context) ([]IstiodPod, string) {
	if t.Istiods == nil {
		return nil, "they were not asked"
	}
	listed, err := t.Istiods(ctx)
	if err != nil {
		return nil, oneLine(err)
	}
	pods := make([]IstiodPod, len(listed))
	var asking errgroup.Group
	asking.SetLimit(probeWorkers)
	for i, pod := range listed {
		asking.Go(func() error {
			pods[i] = t.askPod(ctx, pod)
			return nil
		})
	}
	_ = asking.Wait() // an answer says itself what went wrong
	return pods, ""
}

// view is the page that says where calls go, and how it is counted. Ztunnels are told of workloads, sidecars of
// endpoints.
func (t Target) view() (string, func(io.Reader, []endpoints.Peer) (endpoints.Known, error)) {
	if t.Cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient {
		return endpoints.PathWorkloads, endpoints.Workloads
	}
	return endpoints.PathShards, endpoints.Shards
}

func (t Target) askPod(ctx context.Context, pod IstiodDebug) IstiodPod {
	known := IstiodPod{Name: pod.Pod}
	if err := pod.Read(ctx, endpoints.PathClusters, func(page io.Reader) (err error) {
		known.Status.Value, err = endpoints.Synced(page)
		return err
	}); err != nil {
		known.Status.Why = oneLine(err)
	}
	path, count := t.view()
	if err := pod.Read(ctx, path, func(page io.Reader) (err error) {
		known.Endpoints.Value, err = count(page, t.peers())
		return err
	}); err != nil {
		known.Endpoints.Why = oneLine(err)
	}
	return known
}

// peers are the clusters that the control plane reads, as it knows them.
func (t Target) peers() []endpoints.Peer {
	peers := make([]endpoints.Peer, 0, len(t.Reads))
	for _, read := range t.Reads {
		peer := endpoints.Peer{ID: read.ID()}
		if read.Network != "" && t.Cluster.Network != "" && read.Network != t.Cluster.Network {
			peer.Network = read.Network
		}
		peers = append(peers, peer)
	}
	return peers
}
