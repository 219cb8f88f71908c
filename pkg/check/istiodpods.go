package check

import (
	"context"
	"io"

	"golang.org/x/sync/errgroup"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"
)

// IstiodDebug is the debug interface of an istiod pod.
type IstiodDebug struct {
	// Pod is its name; empty if the interface was specified as a URL.
	Pod  string
	Read func(ctx context.Context, path string, read func(io.Reader) error) error
}

// IstiodPod is what an istiod pod knows about other clusters.
type IstiodPod struct {
	Name string
	// Status of each cluster by ID, and its endpoints by service.
	Status    Reading[map[string]string]
	Endpoints Reading[endpoints.Known]
}

// askPods queries all ready pods: each serves some of the proxies, and one can lack what another has.
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
	_ = asking.Wait() // the result contains its error
	return pods, ""
}

// view returns the debug page with destinations, and how to count them: ztunnels get workloads, sidecars endpoints.
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

// peers returns the control plane's targets as istiod knows them.
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
