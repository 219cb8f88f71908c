package topology_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// sizes lie around the words of 64 bits in which relations are kept.
func sizes() []int { return []int{1, 2, 5, 63, 64, 65, 128, 129} }

// TestAgainstSets compares with the definition, written down in maps: a caller's control plane
// reads those that the caller may call, and those that it serves, and never itself.
func TestAgainstSets(t *testing.T) {
	eachRandom(t, func(t *testing.T, mesh *v1alpha1.Mesh, _ *rand.Rand) {
		g := topology.New(mesh)
		links, reads := linkSet(mesh), map[string]bool{}
		planes := map[string]string{}
		for _, cluster := range mesh.Spec.Clusters {
			planes[cluster.Name] = cluster.ControlPlane
			reads[cluster.ControlPlane+">"+cluster.Name] = cluster.ControlPlane != cluster.Name
		}
		for link := range links {
			from, to, _ := strings.Cut(link, ">")
			reads[planes[from]+">"+to] = planes[from] != to
		}
		if diff := cmp.Diff(sorted(links), linksOf(g)); diff != "" {
			t.Errorf("links (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(sorted(reads), readsOf(g)); diff != "" {
			t.Errorf("reads (-want +got):\n%s", diff)
		}
		if g.CountLinks() != len(links) {
			t.Errorf("CountLinks() = %d, want %d", g.CountLinks(), len(links))
		}
	})
}

func TestPromises(t *testing.T) {
	eachRandom(t, func(t *testing.T, mesh *v1alpha1.Mesh, _ *rand.Rand) {
		g := topology.New(mesh)
		links := linksOf(g)
		if !slices.IsSorted(g.Names()) || !slices.IsSorted(links) || !slices.IsSorted(readsOf(g)) {
			t.Error("names, links or reads are not sorted")
		}
		for _, name := range g.Names() {
			if g.Linked(name, name) || slices.Contains(namesOf(g.Targets(name)), name) {
				t.Errorf("%s calls or reads itself", name)
			}
		}
		checkLinked(t, g, links)
		checkReaders(t, g)
	})
}

// TestOrderDoesNotMatter: neither that of clusters, nor of links, nor of the names in a link.
func TestOrderDoesNotMatter(t *testing.T) {
	eachRandom(t, func(t *testing.T, mesh *v1alpha1.Mesh, random *rand.Rand) {
		g := topology.New(mesh)
		links, reads := linksOf(g), readsOf(g)
		other := *mesh
		other.Spec.Clusters = shuffled(random, mesh.Spec.Clusters)
		other.Spec.Links = shuffled(random, mesh.Spec.Links)
		for i, link := range other.Spec.Links {
			other.Spec.Links[i] = v1alpha1.Link{Between: shuffled(random, link.Between), From: shuffled(random, link.From), To: shuffled(random, link.To)}
		}
		g = topology.New(&other)
		if diff := cmp.Diff(links, linksOf(g)); diff != "" {
			t.Errorf("links change with the order:\n%s", diff)
		}
		if diff := cmp.Diff(reads, readsOf(g)); diff != "" {
			t.Errorf("reads change with the order:\n%s", diff)
		}
	})
}

// eachRandom runs a check on meshes of every size, the same ones each time.
func eachRandom(t *testing.T, check func(*testing.T, *v1alpha1.Mesh, *rand.Rand)) {
	t.Helper()
	for _, size := range sizes() {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%d clusters, seed %d", size, seed), func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, uint64(size)))
				check(t, randomMesh(random, size), random)
			})
		}
	}
}

// randomMesh has primaries, remotes of some of them, and up to 5 links of every form; or none
// at all, which means all.
func randomMesh(random *rand.Rand, size int) *v1alpha1.Mesh {
	names := shuffled(random, numbered(size))
	clusters := slices.Clone(names)
	for i := 1; i < size; i++ {
		if random.IntN(3) == 0 {
			clusters[i] += "@" + names[0]
		}
	}
	var links []v1alpha1.Link
	for range random.IntN(6) {
		if random.IntN(2) == 0 {
			links = append(links, between(some(random, names)...))
		} else {
			links = append(links, oneWay(some(random, names), some(random, names)))
		}
	}
	return meshOf(links, clusters...)
}

// some picks names, and now and then everybody.
func some(random *rand.Rand, names []string) []string {
	picked := slices.Clone(shuffled(random, names)[:1+random.IntN(len(names))])
	if random.IntN(4) == 0 {
		picked = append(picked, v1alpha1.AllClusters)
	}
	return picked
}

func shuffled[T any](random *rand.Rand, items []T) []T {
	items = slices.Clone(items)
	random.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	return items
}

// linkSet is the definition of links, with no thought of speed.
func linkSet(mesh *v1alpha1.Mesh) map[string]bool {
	set := map[string]bool{}
	connect := func(from, to []string) {
		for _, caller := range mesh.Spec.Clusters {
			for _, called := range mesh.Spec.Clusters {
				if caller.Name != called.Name && listed(caller.Name, from) && listed(called.Name, to) {
					set[caller.Name+">"+called.Name] = true
				}
			}
		}
	}
	for _, link := range mesh.Spec.Links {
		connect(link.Between, link.Between)
		connect(link.From, link.To)
	}
	if mesh.Spec.Links == nil {
		connect(list("*"), list("*"))
	}
	return set
}

func listed(name string, names []string) bool {
	return slices.Contains(names, name) || slices.Contains(names, v1alpha1.AllClusters)
}

// sorted are the elements that are true.
func sorted(set map[string]bool) []string {
	var elements []string
	for element, in := range set {
		if in {
			elements = append(elements, element)
		}
	}
	slices.Sort(elements)
	return elements
}
