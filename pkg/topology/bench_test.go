package topology_test

import (
	"fmt"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// BenchmarkNew is about hubs, where time is to grow with the clusters, and full meshes, where it is to grow with
// the links.
func BenchmarkNew(b *testing.B) {
	hub := []v1alpha1.Link{oneWay(list("c000"), list("*"))}
	for name, shape := range map[string]struct {
		links []v1alpha1.Link
		sizes []int
	}{
		"hub":  {links: hub, sizes: []int{1000, 2000, 4000}},
		"full": {links: nil, sizes: []int{250, 500, 1000}},
	} {
		for _, size := range shape.sizes {
			mesh := meshOf(shape.links, numbered(size)...)
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					topology.New(mesh)
				}
			})
		}
	}
}
