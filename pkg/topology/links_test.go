package topology_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

func TestLinks(t *testing.T) {
	abc := list("c", "a", "b") // in any order
	all := list("a>b", "a>c", "b>a", "b>c", "c>a", "c>b")
	tests := map[string]struct {
		clusters []string
		links    []v1alpha1.Link
		want     []string
	}{
		"left out: everybody and everybody": {clusters: abc, links: nil, want: all},
		"an empty list: nobody":             {clusters: abc, links: []v1alpha1.Link{}},
		"between two":                       {clusters: abc, links: []v1alpha1.Link{between("a", "c")}, want: list("a>c", "c>a")},
		"between three: all pairs":          {clusters: abc, links: []v1alpha1.Link{between("b", "a", "c")}, want: all},
		"between everybody":                 {clusters: abc, links: []v1alpha1.Link{between("*")}, want: all},
		"between everybody and one of them": {clusters: abc, links: []v1alpha1.Link{between("b", "*")}, want: all},
		"one way": {
			clusters: abc,
			links:    []v1alpha1.Link{oneWay(list("c"), list("a"))},
			want:     list("c>a"),
		},
		"two callers of two": {
			clusters: list("a", "b", "c", "d"),
			links:    []v1alpha1.Link{oneWay(list("d", "a"), list("c", "b"))},
			want:     list("a>b", "a>c", "d>b", "d>c"),
		},
		"spokes call the hub, which is not its own spoke": {
			clusters: list("hub", "x", "y"),
			links:    []v1alpha1.Link{oneWay(list("*"), list("hub"))},
			want:     list("x>hub", "y>hub"),
		},
		"the hub calls its spokes": {
			clusters: list("hub", "x", "y"),
			links:    []v1alpha1.Link{oneWay(list("hub"), list("*"))},
			want:     list("hub>x", "hub>y"),
		},
		"a hub with spokes both ways": {
			clusters: list("hub", "x", "y"),
			links:    []v1alpha1.Link{between("hub", "x"), between("y", "hub")},
			want:     list("hub>x", "hub>y", "x>hub", "y>hub"),
		},
		"everybody one way is everybody both ways": {
			clusters: abc,
			links:    []v1alpha1.Link{oneWay(list("*"), list("*"))},
			want:     all,
		},
		"names beside * add nothing": {
			clusters: abc,
			links:    []v1alpha1.Link{oneWay(list("b", "*", "c"), list("a", "a"))},
			want:     list("b>a", "c>a"),
		},
		"said twice": {
			clusters: abc,
			links:    []v1alpha1.Link{between("a", "b"), between("b", "a"), between("a", "b")},
			want:     list("a>b", "b>a"),
		},
		"links that overlap": {
			clusters: abc,
			links:    []v1alpha1.Link{oneWay(list("a"), list("b", "c")), between("a", "b"), oneWay(list("c"), list("b"))},
			want:     list("a>b", "a>c", "b>a", "c>b"),
		},
		"one cluster alone":           {clusters: list("a")},
		"one cluster with everybody":  {clusters: list("a"), links: []v1alpha1.Link{between("*")}},
		"from everybody to itself":    {clusters: list("a"), links: []v1alpha1.Link{oneWay(list("*"), list("a"))}},
		"no cluster at all":           {},
		"a remote may call its own":   {clusters: list("r@p", "p"), links: []v1alpha1.Link{oneWay(list("r"), list("p"))}, want: list("r>p")},
		"a name that nobody has":      {clusters: abc, links: []v1alpha1.Link{between("a", "x", "b")}, want: list("a>b", "b>a")},
		"only names that nobody has":  {clusters: abc, links: []v1alpha1.Link{oneWay(list("x"), list("*"))}},
		"a link that says nothing":    {clusters: abc, links: []v1alpha1.Link{{}}},
		"a link that says both forms": {clusters: abc, links: []v1alpha1.Link{{Between: abc[:2], From: list("b"), To: list("a")}}, want: list("a>c", "b>a", "c>a")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := topology.New(meshOf(test.links, test.clusters...))
			if diff := cmp.Diff(test.want, linksOf(g)); diff != "" {
				t.Errorf("links (-want +got):\n%s", diff)
			}
			if g.CountLinks() != len(test.want) {
				t.Errorf("CountLinks() = %d, want %d", g.CountLinks(), len(test.want))
			}
			checkLinked(t, g, test.want)
		})
	}
}

// checkLinked asks for each pair and each cluster, and compares with the list.
func checkLinked(t *testing.T, g *topology.Graph, links []string) {
	t.Helper()
	linked, touched := map[string]bool{}, map[string]bool{}
	for _, link := range links {
		from, to, _ := strings.Cut(link, ">")
		linked[link], touched[from], touched[to] = true, true, true
	}
	for _, from := range g.Names() {
		for _, to := range g.Names() {
			if want := linked[from+">"+to]; g.Linked(from, to) != want {
				t.Errorf("Linked(%s, %s) = %t", from, to, !want)
			}
		}
		if g.Isolated(from) == touched[from] {
			t.Errorf("Isolated(%s) = %t", from, touched[from])
		}
	}
}

func TestUnknownNames(t *testing.T) {
	g := topology.New(meshOf(nil, "a", "b"))
	if g.Linked("b", "x") || g.Linked("x", "b") || g.Linked("x", "x") {
		t.Error("a cluster that does not exist is linked")
	}
	if !g.Isolated("x") {
		t.Error("a cluster that does not exist is not isolated")
	}
	if got := append(namesOf(g.Targets("x")), namesOf(g.Consumers("x"))...); got != nil || g.IsTarget("x") {
		t.Errorf("a cluster that does not exist reads or is read by %v", got)
	}
	if cluster, ok := g.Cluster("x"); ok || cluster != nil {
		t.Errorf("Cluster(x) = %v, %t", cluster, ok)
	}
}

func TestClusters(t *testing.T) {
	mesh := meshOf(nil, "b", "c", "a")
	g := topology.New(mesh)
	want := list("a", "b", "c")
	if got := g.Names(); !slices.Equal(got, want) {
		t.Errorf("Names() = %v, want %v", got, want)
	}
	if got := namesOf(g.Clusters()); !slices.Equal(got, want) {
		t.Errorf("Clusters() = %v, want %v", got, want)
	}
	if cluster, ok := g.Cluster("c"); !ok || cluster != &mesh.Spec.Clusters[1] {
		t.Errorf("Cluster(c) = %p, %t, want the mesh's own %p", cluster, ok, &mesh.Spec.Clusters[1])
	}
}

// TestStopEarly leaves each loop at its first element, as a caller may.
func TestStopEarly(t *testing.T) {
	g := topology.New(meshOf(nil, "a", "b", "c"))
	count := 0
	for range g.Links() {
		count++
		break
	}
	for range g.Targets("a") {
		count++
		break
	}
	for range g.Consumers("a") {
		count++
		break
	}
	for range g.Clusters() {
		count++
		break
	}
	if count != 4 {
		t.Errorf("got %d elements out of four loops, want 4", count)
	}
}
