package live

import (
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Own are the clusters that are changed and read from here when none is named, in the order of the mesh. In a mesh of
// sites that never meet these are the clusters of the sites that the kubeconfig reaches: one of another site whose
// context is missing is no mistake, one of the same site is. Where none is reached, or there are no sites, it is all.
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
