package topology

import (
	"iter"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// InNetwork returns the clusters of a network, sorted; those without one have the empty name.
func (g *Graph) InNetwork(network string) iter.Seq[*v1alpha1.Cluster] {
	return func(yield func(*v1alpha1.Cluster) bool) {
		for _, i := range g.networks[network] {
			if !yield(g.visit(i)) {
				return
			}
		}
	}
}

// ApartFromAny tells whether some cluster and a cluster reach each other through gateways only.
func (g *Graph) ApartFromAny(name string) bool {
	i, known := g.index[name]
	if !known || g.clusters[i].Network == "" {
		return false
	}
	others := len(g.networks) - 1
	if _, unnamed := g.networks[""]; unnamed {
		others--
	}
	return others > 0
}

// TrustDomains returns those of all clusters, sorted and each once.
func (g *Graph) TrustDomains() []string { return slices.Clone(g.domains) }
