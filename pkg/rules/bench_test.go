package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// BenchmarkCheck is about clusters that all have the pod range that their installer gave them: a hub that
// calls all of them, where the time is to grow with the clusters, and a full mesh, where it is to grow with
// the links.
func BenchmarkCheck(b *testing.B) {
	for _, shape := range []struct {
		name, links string
		sizes       []int
	}{
		{name: "hub", links: `[{from: [c0], to: ["*"]}]`, sizes: []int{1000, 2000, 4000}},
		{name: "full", links: `[{between: ["*"]}]`, sizes: []int{250, 500, 1000}},
	} {
		for _, size := range shape.sizes {
			b.Run(fmt.Sprintf("%s/%d", shape.name, size), func(b *testing.B) {
				in := load(b, "{links: "+shape.links+", clusters: ["+strings.Join(sharedRange(size), ", ")+"]}")
				b.ReportAllocs()
				for b.Loop() {
					rules.Check(in)
				}
			})
		}
	}
}

// sharedRange is clusters of ten networks that all have the pod range of their installer.
func sharedRange(count int) []string {
	clusters := make([]string, count)
	for i := range clusters {
		clusters[i] = fmt.Sprintf("{name: c%d, network: n%d, podCIDRs: [10.244.0.0/16], api: {server: https://c%d.test}}",
			i, i%10, i)
	}
	return clusters
}
