package proof

import (
	"cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/endpoints"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Options configure how istiods are reached, and the clock. The defaults are their cluster's API server, and the
// machine's time.
type Options struct {
	Open  func(*live.Cluster) (Istiods, error)
	Clock Clock
}

// Input returns the input for a cluster's istiods. kubectl is the start of a command for it.
func (o Options) Input(consumer *live.Cluster, kubectl string, targets ...Target) (Input, error) {
	open := o.Open
	if open == nil {
		open = forward
	}
	istiods, err := open(consumer)
	return Input{
		Consumer: consumer.Name, Istiods: istiods, Targets: targets,
		Ambient: consumer.Istio.DataPlane == v1alpha1.DataPlaneAmbient, Clock: cmp.Or[Clock](o.Clock, WallClock{}),
		Restart: func(deployment string) string {
			return kubectl + " -n " + consumer.Istio.Namespace + " rollout restart " + shell.Name("deployment/"+deployment)
		},
	}, err
}

// NewTarget returns a cluster of the mesh as a consumer knows it.
func NewTarget(graph *topology.Graph, consumer string, target *v1alpha1.Cluster) Target {
	made := Target{Name: target.Name, Peer: endpoints.Peer{ID: target.ID()}}
	if graph.CrossNetwork(consumer, target.Name) {
		made.Network = target.Network
	}
	return made
}
