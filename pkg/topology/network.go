package topology

import (
	"iter"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// InNetwork returns the clusters of a network, sorted. Clusters without a network have the empty name.
func (g *Graph) InNetwork(network string) iter.Seq[*v1alpha1.Cluster] {
	return func(yield func(*v1alpha1.Cluster) bool) {
		for _, i := range g.networks[network] {
			if !yield(g.visit(i)) {
				return
			}
		}
	}
}

// HasCrossNetwork reports whether a cluster and some other cluster reach each other only through gateways.
func (g *Graph) HasCrossNetwork(name string) bool {
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

// TrustDomains returns the trust domains of all clusters, sorted, without duplicates.
func (g *Graph) TrustDomains() []string { return slices.Clone(g.domains) }
