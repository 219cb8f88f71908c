package gke_test

import (
	"slices"
	"testing"
)

// The addresses of a pod range are in the subnet of that very link: another project has one of the same name.
func TestNamedRanges(t *testing.T) {
	dump := dumpOf(t, "list", "subnets")
	dump.NameRanges()
	for _, cluster := range dump.Clusters {
		if cluster.Name != "cluster-name-3" {
			continue
		}
		ranges, unknown := cluster.PodRanges()
		if want := []string{"10.16.0.0/14", "10.96.0.0/16"}; !slices.Equal(ranges, want) || unknown != nil {
			t.Errorf("got %v, without %v; want %v", ranges, unknown, want)
		}
		return
	}
	t.Error("no cluster-name-3")
}
