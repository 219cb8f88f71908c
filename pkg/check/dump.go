package check

import (
	"maps"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// Dump is gcloud's output about clusters and firewall rules, used instead of the clusters.
type Dump struct {
	gke.Dump
	// Known are the clusters of the mesh in the dump, by name.
	Known map[string]gke.Cluster
	// Files are the dump's names in remedies.
	Files string
}

// eachCluster calls a function for each cluster of the mesh in the dump, by name.
func (d *Dump) eachCluster(s subject, do func(*v1alpha1.Cluster, *v1alpha1.GKE)) {
	for _, name := range slices.Sorted(maps.Keys(d.Known)) {
		if cluster, known := s.Graph.Cluster(name); known {
			do(cluster, gke.FactsOf(d.Known[name], d.Rules).Spec.GKE)
		}
	}
}

// accesses returns the required access to API servers, by cluster.
func accesses(plan firewall.Plan) map[string]firewall.Access {
	all := map[string]firewall.Access{}
	for _, access := range plan.Accesses {
		all[access.Cluster] = access
	}
	return all
}
