package topology_test

import (
	"slices"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// TestNetworks: a and c share one, b has another, and d none.
func TestNetworks(t *testing.T) {
	mesh := meshOf(nil, "a", "b", "c", "d")
	for i, network := range list("one", "two", "one", "") {
		mesh.Spec.Clusters[i].Network = network
	}
	g := topology.New(mesh)
	for network, want := range map[string][]string{"one": {"a", "c"}, "two": {"b"}, "": {"d"}, "three": nil} {
		if got := namesOf(g.InNetwork(network)); !slices.Equal(got, want) {
			t.Errorf("in network %q are %v, want %v", network, got, want)
		}
	}
	for name, want := range map[string]bool{"a": true, "b": true, "c": true, "d": false, "x": false} {
		if got := g.HasCrossNetwork(name); got != want {
			t.Errorf("HasCrossNetwork(%s) = %t", name, got)
		}
	}
}

// TestOneNetwork: beside clusters without a network, one network is not apart from any.
func TestOneNetwork(t *testing.T) {
	mesh := meshOf(nil, "a", "b")
	mesh.Spec.Clusters[0].Network = "one"
	if topology.New(mesh).HasCrossNetwork("a") {
		t.Error("a cluster is apart from one without a network")
	}
}

func TestTrustDomains(t *testing.T) {
	mesh := meshOf(nil, "a", "b", "c")
	for i, domain := range list("z.test", "y.test", "z.test") {
		mesh.Spec.Clusters[i].TrustDomain = domain
	}
	if got := topology.New(mesh).TrustDomains(); !slices.Equal(got, list("y.test", "z.test")) {
		t.Errorf("trust domains %v", got)
	}
}

func TestNeighbors(t *testing.T) {
	links := []v1alpha1.Link{oneWay(list("c"), list("b", "d")), oneWay(list("a", "d"), list("c"))}
	g := topology.New(meshOf(links, "a", "b", "c", "d"))
	if got := namesOf(g.Callees("c")); !slices.Equal(got, list("b", "d")) {
		t.Errorf("c calls %v", got)
	}
	for name, want := range map[string][]string{"c": {"a", "b", "d"}, "b": {"c"}, "x": nil} {
		if got := namesOf(g.Neighbors(name)); !slices.Equal(got, want) {
			t.Errorf("neighbors of %s are %v, want %v", name, got, want)
		}
	}
}

// TestCounting: each cluster that a loop gets is counted, and the graph itself counts nothing.
func TestCounting(t *testing.T) {
	g := topology.New(meshOf(nil, "a", "b", "c"))
	count := 0
	counting := g.Counting(func() { count++ })
	namesOf(counting.Clusters())   // 3
	namesOf(counting.Callers("a")) // 2
	linksOf(counting)              // 6
	namesOf(g.Clusters())
	if count != 11 {
		t.Errorf("counted %d clusters, want 11", count)
	}
}
