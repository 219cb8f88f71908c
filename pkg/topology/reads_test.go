package topology_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

func TestReads(t *testing.T) {
	none := []v1alpha1.Link{}
	tests := map[string]struct {
		clusters []string
		links    []v1alpha1.Link
		want     []string
	}{
		"primaries read those they call": {
			clusters: list("a", "b", "c"),
			links:    []v1alpha1.Link{oneWay(list("a"), list("b", "c")), between("b", "c")},
			want:     list("a>b", "a>c", "b>c", "c>b"),
		},
		"all linked": {clusters: list("a", "b"), want: list("a>b", "b>a")},
		"no links":   {clusters: list("a", "b"), links: none},
		"a control plane that is named by itself": {
			clusters: list("a@a", "b@b"),
			links:    []v1alpha1.Link{oneWay(list("a"), list("b"))},
			want:     list("a>b"),
		},
		"a primary reads its remotes whatever the links": {
			clusters: list("p", "q", "r@p", "s@p"),
			links:    none,
			want:     list("p>r", "p>s"),
		},
		"the links of a remote make its primary read": {
			clusters: list("p", "q", "r@p"),
			links:    []v1alpha1.Link{oneWay(list("r"), list("q"))},
			want:     list("p>q", "p>r"),
		},
		"a remote that is called is read itself, its primary is not": {
			clusters: list("p", "q", "r@p"),
			links:    []v1alpha1.Link{oneWay(list("q"), list("r"))},
			want:     list("p>r", "q>r"),
		},
		"a primary never reads itself": {
			clusters: list("p", "r@p"),
			links:    []v1alpha1.Link{between("p", "r")},
			want:     list("p>r"),
		},
		"remotes of one primary": {
			clusters: list("p", "r@p", "s@p"),
			links:    []v1alpha1.Link{between("r", "s")},
			want:     list("p>r", "p>s"),
		},
		"remotes of two primaries": {
			clusters: list("p", "q", "r@p", "s@q"),
			links:    []v1alpha1.Link{oneWay(list("r"), list("s"))},
			want:     list("p>r", "p>s", "q>s"),
		},
		"all linked with remotes": {
			clusters: list("s@q", "r@p", "q", "p"),
			want:     list("p>q", "p>r", "p>s", "q>p", "q>r", "q>s"),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := topology.New(meshOf(test.links, test.clusters...))
			if diff := cmp.Diff(test.want, readsOf(g)); diff != "" {
				t.Errorf("reads (-want +got):\n%s", diff)
			}
			checkReaders(t, g)
		})
	}
}

// checkReaders: Consumers is the inverse of Targets, and IsTarget reports whether it is not empty.
func checkReaders(t *testing.T, g *topology.Graph) {
	t.Helper()
	readers := map[string][]string{}
	for _, consumer := range g.Names() {
		for target := range g.Targets(consumer) {
			readers[target.Name] = append(readers[target.Name], consumer)
		}
	}
	for _, target := range g.Names() {
		if got := namesOf(g.Consumers(target)); !slices.Equal(got, readers[target]) {
			t.Errorf("Consumers(%s) = %v, want %v", target, got, readers[target])
		}
		if g.IsTarget(target) != (len(readers[target]) > 0) {
			t.Errorf("IsTarget(%s) = %t, but its readers are %v", target, g.IsTarget(target), readers[target])
		}
	}
}

// TestRevoked: who was revoked reads nothing there, and a new generation lets it in again.
func TestRevoked(t *testing.T) {
	mesh := meshOf(nil, "p", "q", "r@p")
	mesh.Spec.Clusters[1].RevokedReaders = map[string]int32{"p": 2}
	g := topology.New(mesh)
	if diff := cmp.Diff(list("p>r", "q>p", "q>r"), readsOf(g)); diff != "" {
		t.Errorf("reads (-want +got):\n%s", diff)
	}
	for _, pair := range []struct {
		consumer, target string
		reads, revoked   bool
	}{{"p", "q", false, true}, {"q", "p", true, false}, {"p", "p", false, false}, {"p", "nobody", false, false}} {
		if reads, revoked := g.Reads(pair.consumer, pair.target); reads != pair.reads || revoked != pair.revoked {
			t.Errorf("%s reads %s: %t, revoked: %t", pair.consumer, pair.target, reads, revoked)
		}
	}
	if got := namesOf(g.Revoked("p")); !slices.Equal(got, list("q")) || !g.Linked("p", "q") {
		t.Errorf("cut off from %v, linked %t", got, g.Linked("p", "q"))
	}
	checkReaders(t, g)
	mesh.Spec.Clusters[1].ReaderGenerations = map[string][]int32{"p": {3}}
	if g := topology.New(mesh); len(readsOf(g)) != 4 || namesOf(g.Revoked("p")) != nil {
		t.Errorf("reads %v after a new generation", readsOf(g))
	}
}

// TestOtherDiscovery: without remote secrets nobody reads an API server, and the links are the
// same.
func TestOtherDiscovery(t *testing.T) {
	for _, discovery := range []v1alpha1.Discovery{v1alpha1.DiscoveryPeering, v1alpha1.DiscoveryFleet} {
		mesh := meshOf(nil, "p", "q", "r@p")
		mesh.Spec.Discovery = discovery
		g := topology.New(mesh)
		if got := readsOf(g); got != nil {
			t.Errorf("discovery %s: reads %v, want none", discovery, got)
		}
		if g.CountLinks() != 6 {
			t.Errorf("discovery %s: %d links, want 6", discovery, g.CountLinks())
		}
		checkReaders(t, g)
	}
}
