package collect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// Matched is a cluster of the mesh with its dump.
type Matched struct {
	Target *v1alpha1.Cluster
	Dump   gke.Cluster
}

// Match finds the mesh's clusters in a dump. Both results are sorted: matches by name in the mesh, and clusters outside
// the mesh.
func Match(clusters []v1alpha1.Cluster, dump []gke.Cluster) (found []Matched, unknown []gke.ID) {
	dump = Latest(dump)
	for _, one := range dump {
		known, id := false, one.ID()
		for i := range clusters {
			if isSame(&clusters[i], id, dump) {
				known = true
				found = append(found, Matched{Target: &clusters[i], Dump: one})
			}
		}
		if !known {
			unknown = append(unknown, id)
		}
	}
	slices.SortStableFunc(found, func(a, b Matched) int { return strings.Compare(a.Target.Name, b.Target.Name) })
	slices.SortFunc(unknown, compareIDs)
	return found, unknown
}

func compareIDs(a, b gke.ID) int {
	return cmp.Or(
		strings.Compare(a.Project, b.Project),
		strings.Compare(a.Location, b.Location),
		strings.Compare(a.Cluster, b.Cluster),
	)
}

// SelectClusters returns those with valid cluster names; no other name is ever repeated.
func SelectClusters(dump []gke.Cluster) []gke.Cluster {
	return slices.DeleteFunc(slices.Clone(dump), func(one gke.Cluster) bool {
		id := one.ID()
		facts := v1alpha1.ClusterFacts{Metadata: v1alpha1.Metadata{Name: "any"}}
		facts.Spec.GKE = &v1alpha1.GKE{Project: cmp.Or(id.Project, "any"), Location: id.Location, Cluster: id.Cluster}
		return len(v1alpha1.ValidateFacts(&facts)) > 0 || id.Cluster == ""
	})
}

// Latest keeps the last occurrence of each cluster: a describe after a list.
func Latest(dump []gke.Cluster) []gke.Cluster {
	byID := map[gke.ID]gke.Cluster{}
	var ids []gke.ID
	for _, one := range dump {
		if _, there := byID[one.ID()]; !there {
			ids = append(ids, one.ID())
		}
		byID[one.ID()] = one
	}
	clusters := make([]gke.Cluster, 0, len(ids))
	for _, id := range ids {
		clusters = append(clusters, byID[id])
	}
	return clusters
}

// isSame compares what mesh.yaml declares about GKE; otherwise the context that gcloud named; otherwise the name, if no
// other cluster has it.
func isSame(target *v1alpha1.Cluster, id gke.ID, dump []gke.Cluster) bool {
	if target.GKE != nil {
		return fits(gke.ID{Project: target.GKE.Project, Location: target.GKE.Location, Cluster: target.GKE.Cluster}, id)
	}
	if parts := strings.Split(target.Context, "_"); len(parts) == 4 && parts[0] == "gke" {
		return fits(gke.ID{Project: parts[1], Location: parts[2], Cluster: parts[3]}, id)
	}
	if target.Platform != v1alpha1.PlatformPlain && target.Platform != v1alpha1.PlatformGKE {
		return false
	}
	if id.Cluster != target.Name {
		return false
	}
	namesakes := 0
	for _, other := range dump {
		if other.Name == target.Name {
			namesakes++
		}
	}
	return namesakes == 1
}

// fits: a dump does not always contain the project.
func fits(want, id gke.ID) bool {
	return want.Cluster == id.Cluster && want.Location == id.Location && (id.Project == "" || id.Project == want.Project)
}
