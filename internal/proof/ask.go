package proof

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/parallel"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"
)

// answerWait bounds a pod's response. istiod needs seconds to copy all endpoints of a large mesh.
const answerWait = 30 * time.Second

// view is a debug page with counts, and what it counts.
type view struct {
	path, noun string
	count      func(io.Reader, []endpoints.Peer) (endpoints.Known, error)
}

// views are the pages with what proxies get. The last one is for the data plane: in ambient mode only gateways and
// waypoints get endpoints.
func views(ambient bool) []view {
	all := []view{{path: endpoints.PathShards, noun: "endpoint", count: endpoints.Shards}}
	if ambient {
		all = append(all, view{path: endpoints.PathWorkloads, noun: "workload", count: endpoints.Workloads})
	}
	return all
}

// answer is a pod's response: the sync status by cluster ID, and the counts by view.
type answer struct {
	pod    cluster.IstiodPod
	status map[string]string
	known  []endpoints.Known
}

var errNoneReady = errors.New("no istiod pod is ready")

// ask queries every ready pod.
func (p *Proof) ask(ctx context.Context) ([]answer, error) {
	pods, err := p.Istiods.Ready(ctx)
	if err != nil {
		return nil, err
	}
	if len(pods) == 0 {
		return nil, errNoneReady
	}
	type asked struct {
		answer
		err error
	}
	var answers []answer
	var errs []error
	for _, got := range parallel.InOrder(ctx, pods, func(ctx context.Context, pod cluster.IstiodPod) asked {
		answer, err := p.askPod(ctx, pod)
		return asked{answer: answer, err: err}
	}) {
		answers, errs = append(answers, got.answer), append(errs, got.err)
	}
	return answers, errors.Join(errs...)
}

func (p *Proof) askPod(ctx context.Context, pod cluster.IstiodPod) (answer, error) {
	got := answer{pod: pod}
	err := p.read(ctx, pod.Name, endpoints.PathClusters, func(page io.Reader) (err error) {
		got.status, err = endpoints.Synced(page)
		return err
	})
	for _, view := range views(p.Ambient) {
		if err != nil {
			break
		}
		var known endpoints.Known
		err = p.read(ctx, pod.Name, view.path, func(page io.Reader) (err error) {
			known, err = view.count(page, p.peers())
			return err
		})
		got.known = append(got.known, known)
	}
	return got, err
}

func (p *Proof) read(ctx context.Context, pod, path string, read func(io.Reader) error) error {
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	if err := p.Istiods.Read(ctx, pod, path, read); err != nil {
		return fmt.Errorf("ask istiod for %s: %w", path, err)
	}
	return nil
}

func (p *Proof) peers() []endpoints.Peer {
	peers := make([]endpoints.Peer, 0, len(p.Targets))
	for _, target := range p.Targets {
		peers = append(peers, target.Peer)
	}
	return peers
}
