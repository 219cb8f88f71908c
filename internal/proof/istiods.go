package proof

import (
	"context"
	"io"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
)

// Istiods are the istiod pods of a cluster.
type Istiods interface {
	// Ready are the pods that serve, sorted by name.
	Ready(ctx context.Context) ([]cluster.IstiodPod, error)
	// Read streams a page of a pod's debug interface.
	Read(ctx context.Context, pod, path string, read func(io.Reader) error) error
}

// forward reaches a cluster's istiods through its API server.
func forward(opened *live.Cluster) (Istiods, error) {
	forwarder, err := opened.Forwarder()
	return forwarded{Forwarder: forwarder, namespace: opened.Istio.Namespace}, err
}

type forwarded struct {
	*cluster.Forwarder
	namespace string
}

func (f forwarded) Ready(ctx context.Context) ([]cluster.IstiodPod, error) {
	return f.Istiods(ctx, f.namespace)
}

func (f forwarded) Read(ctx context.Context, pod, path string, read func(io.Reader) error) error {
	return f.ReadIstiod(ctx, f.namespace, pod, path, read)
}
