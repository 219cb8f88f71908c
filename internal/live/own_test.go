package live

import (
	"slices"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// TestOwn: the clusters of another site are left to it, a context of this site that is missing is not overlooked.
func TestOwn(t *testing.T) {
	contexts := load(t, Options{})
	cluster := func(name, context string) v1alpha1.Cluster {
		return v1alpha1.Cluster{Name: name, ClusterSpec: v1alpha1.ClusterSpec{Context: context}}
	}
	here, missing, far, alone := cluster("here", "good"), cluster("missing", "typo"), cluster("far", "theirs"), cluster("alone", "gone")
	north := v1alpha1.Site{Name: "north", Clusters: []string{"here", "missing"}}
	south := v1alpha1.Site{Name: "south", Clusters: []string{"far"}}
	for name, test := range map[string]struct {
		spec v1alpha1.MeshSpec
		want []string
	}{
		"no sites":        {v1alpha1.MeshSpec{Clusters: []v1alpha1.Cluster{here, far}}, []string{"far", "here"}},
		"another site":    {v1alpha1.MeshSpec{Clusters: []v1alpha1.Cluster{missing, here, far}, Sites: []v1alpha1.Site{north, south}}, []string{"here", "missing"}},
		"none is reached": {v1alpha1.MeshSpec{Clusters: []v1alpha1.Cluster{missing, far}, Sites: []v1alpha1.Site{north, south}}, []string{"far", "missing"}},
		"one of no site":  {v1alpha1.MeshSpec{Clusters: []v1alpha1.Cluster{here, alone, far}, Sites: []v1alpha1.Site{north, south}}, []string{"alone", "here"}},
	} {
		if got := contexts.Own(test.spec); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
