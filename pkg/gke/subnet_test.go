package gke_test

import (
	"slices"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// The addresses of a pod range are in the subnet of that very link: another project has one of the same name.
func TestNamedRanges(t *testing.T) {
	dump := dumpOf(t, "list", "subnets")
	dump.Resolve()
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

// A name alone may be a subnet of any project and region: it leads nowhere.
func TestNamedRangesNeedLinks(t *testing.T) {
	for _, link := range []string{"", "default"} {
		dump, err := gke.Parse([]byte(`[{"name": "a", "subnetwork": "` + link + `", "masterAuth": {}, ` +
			`"ipAllocationPolicy": {"additionalPodRangesConfig": {"podRangeNames": ["pods"]}}}, ` +
			`{"ipCidrRange": "10.0.0.0/20", "selfLink": "` + link + `", "secondaryIpRanges": [{"rangeName": "pods", "ipCidrRange": "10.8.0.0/16"}]}]`))
		if err != nil {
			t.Fatal(err)
		}
		dump.Resolve()
		if ranges, unknown := dump.Clusters[0].PodRanges(); ranges != nil || !slices.Equal(unknown, []string{"pods"}) {
			t.Errorf("%q: got %v, without %v", link, ranges, unknown)
		}
	}
}
