package check

import (
	"maps"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// Dump is what gcloud has said of clusters and firewall rules, instead of the clusters themselves.
type Dump struct {
	gke.Dump
	// Known are the clusters of the mesh that it has, by name.
	Known map[string]gke.Cluster
	// Files are how remedies name it.
	Files string
}

// eachCluster calls a function for each cluster of the mesh that the dump has, by name, with what the dump
// says of it.
func (d *Dump) eachCluster(s subject, do func(*v1alpha1.Cluster, *v1alpha1.GKE)) {
	for _, name := range slices.Sorted(maps.Keys(d.Known)) {
		if cluster, known := s.Graph.Cluster(name); known {
			do(cluster, gke.FactsOf(d.Known[name], d.Rules).Spec.GKE)
		}
	}
}

// accesses are the needs of API servers, by cluster.
func accesses(plan firewall.Plan) map[string]firewall.Access {
	all := map[string]firewall.Access{}
	for _, access := range plan.Accesses {
		all[access.Cluster] = access
	}
	return all
}
