package topology_test

import (
	"strconv"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

func BenchmarkNew(b *testing.B) {
	for _, count := range []int{10, 100, 1000} {
		mesh := meshOf(nil, numbered(count)...)
		b.Run(strconv.Itoa(count), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				topology.New(mesh)
			}
		})
	}
}
