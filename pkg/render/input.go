package render

import (
	"path"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Input is everything that a rendering depends on.
type Input struct {
	// Mesh is valid and has its defaults.
	Mesh  *v1alpha1.Mesh
	Graph *topology.Graph
	// Tokens are the reader credentials that are at hand.
	Tokens map[Reading]kubeconfig.Token
	// Bundles are the certificates of clusters, by name, with a key where it is at hand.
	Bundles map[string]trust.Bundle
	// Sample asks for the verification workload too.
	Sample bool
}

// Reading is one control plane reading one API server. It is what a credential is for.
type Reading struct {
	// Target is the cluster that is read; Consumer the one whose control plane reads it.
	Target, Consumer string
}

// TokenFile is where the token is kept, relative to the folder of mesh.yaml.
func (r Reading) TokenFile() string {
	return path.Join("credentials", r.Target, r.Consumer, "token")
}

// Readings returns the readings whose credentials the overlay of a consumer needs: those
// with a token, sorted by target.
func Readings(graph *topology.Graph, consumer string) []Reading {
	var readings []Reading
	for target := range graph.ReadBy(consumer) {
		if target.Reader.Auth == v1alpha1.ReaderAuthToken {
			readings = append(readings, Reading{Target: target.Name, Consumer: consumer})
		}
	}
	return readings
}
