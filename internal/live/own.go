package live

import (
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Own returns the clusters that are changed and read from here by default, in the order of the mesh. If the mesh has
// sites, these are the clusters of the sites that the kubeconfig reaches: a missing context for another site's cluster
// is normal, and one for the same site's is an error. If it reaches none, or there are no sites, these are all
// clusters.
func (c *Contexts) Own(spec v1alpha1.MeshSpec) []string {
	var all, own []string
	here := map[string]bool{}
	for i := range spec.Clusters {
		cluster := &spec.Clusters[i]
		all = append(all, cluster.Name)
		if site, ok := spec.SiteOf(cluster.Name); ok && c.Away(cluster) == nil {
			here[site.Name] = true
		}
	}
	slices.Sort(all)
	if len(here) == 0 {
		return all
	}
	for _, name := range all {
		if site, ok := spec.SiteOf(name); !ok || here[site.Name] {
			own = append(own, name)
		}
	}
	return own
}
