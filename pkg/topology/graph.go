// Package topology resolves the links of a mesh: which clusters call each other, which control planes therefore read
// which API servers, and what each east-west gateway is for. No other package interprets links.
//
// A Graph is immutable and sorted, so the order of mesh.yaml has no effect. The clusters that it returns belong to the
// mesh and must not be modified. The package imports only pkg/apis/mesh/v1alpha1 and the standard library.
package topology

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Graph is the resolved topology of a mesh.
type Graph struct {
	clusters []*v1alpha1.Cluster // sorted by name, read-only
	index    map[string]int
	links    relation // caller to callee
	reads    relation // control plane to the clusters whose API servers it reads
	revoked  relation // control plane to the clusters where all its credentials are revoked
	peers    relation // control plane to the clusters that it discovers through a peer Gateway
	serves   relation // control plane to the other clusters that it serves

	networks  map[string][]int // cluster indexes by network name
	domains   []string         // sorted
	exposures []Exposure       // by cluster index

	visited func() // called for each cluster that a loop returns; may be nil
}

// Link allows From to call To.
type Link struct{ From, To string }

// New resolves the links of a valid mesh with its defaults set.
func New(mesh *v1alpha1.Mesh) *Graph {
	g := &Graph{
		index:   make(map[string]int, len(mesh.Spec.Clusters)),
		links:   newRelation(len(mesh.Spec.Clusters)),
		reads:   newRelation(len(mesh.Spec.Clusters)),
		revoked: newRelation(len(mesh.Spec.Clusters)),
		peers:   newRelation(len(mesh.Spec.Clusters)),
		serves:  newRelation(len(mesh.Spec.Clusters)),
	}
	for i := range mesh.Spec.Clusters {
		g.clusters = append(g.clusters, &mesh.Spec.Clusters[i])
	}
	slices.SortFunc(g.clusters, func(a, b *v1alpha1.Cluster) int { return strings.Compare(a.Name, b.Name) })
	for i, cluster := range g.clusters {
		g.index[cluster.Name] = i
	}
	g.resolveMembers()
	g.resolveLinks(mesh.Spec.Links)
	if mesh.Spec.Discovery == v1alpha1.DiscoveryRemoteSecret {
		g.resolveReads()
	}
	g.resolveExposures(mesh.Spec.Discovery)
	g.resolvePeers(mesh.Spec.Discovery)
	return g
}

// Counting returns a copy of the graph that calls visited for each cluster that a loop returns. Tests count visits to
// measure the cost of a query, because time depends on the machine.
func (g *Graph) Counting(visited func()) *Graph {
	counting := *g
	counting.visited = visited
	return &counting
}

// A mesh without links is fully linked.
func (g *Graph) resolveLinks(links []v1alpha1.Link) {
	if links == nil {
		links = []v1alpha1.Link{{Between: []string{v1alpha1.AllClusters}}}
	}
	for _, link := range links {
		g.connect(link.Between, link.Between)
		g.connect(link.From, link.To)
	}
}

// connect links each cluster in from to each other cluster in to.
func (g *Graph) connect(from, to []string) {
	callers, called := g.members(from), g.members(to)
	for _, caller := range callers {
		for _, target := range called {
			if caller != target {
				g.links.add(caller, target)
			}
		}
	}
}

// members converts names to indexes; "*" selects all clusters.
func (g *Graph) members(names []string) []int {
	var members []int
	for _, name := range names {
		if name == v1alpha1.AllClusters {
			members = members[:0]
			for i := range g.clusters {
				members = append(members, i)
			}
			return members
		}
		if i, ok := g.index[name]; ok {
			members = append(members, i)
		}
	}
	return members
}

// resolveMembers indexes the clusters by network, trust domain and control plane.
func (g *Graph) resolveMembers() {
	g.networks = map[string][]int{}
	for i, cluster := range g.clusters {
		g.networks[cluster.Network] = append(g.networks[cluster.Network], i)
		g.domains = append(g.domains, cluster.TrustDomain)
		if plane := g.plane(i); plane != i {
			g.serves.add(plane, i)
		}
	}
	slices.Sort(g.domains)
	g.domains = slices.Compact(g.domains)
}

// resolveReads finds what each control plane reads: the clusters that it serves, and those that they call. It never
// reads its own: istiod skips a remote secret with its own cluster ID (istio pkg/kube/multicluster).
func (g *Graph) resolveReads() {
	for i := range g.clusters {
		plane := g.plane(i)
		for target := range g.links.of(i).all {
			if target != plane {
				g.read(plane, target)
			}
		}
		if plane != i {
			g.read(plane, i)
		}
	}
}

// read records that a control plane reads a cluster, or that its access is revoked.
func (g *Graph) read(plane, target int) {
	if g.clusters[target].GenerationsOf(g.clusters[plane].Name) == nil {
		g.revoked.add(plane, target)
		return
	}
	g.reads.add(plane, target)
}

// plane returns the index of the control plane that serves a cluster.
func (g *Graph) plane(i int) int {
	if plane, ok := g.index[g.clusters[i].ControlPlane]; ok {
		return plane
	}
	return i
}

// Clusters returns all clusters, sorted by name.
func (g *Graph) Clusters() iter.Seq[*v1alpha1.Cluster] {
	return func(yield func(*v1alpha1.Cluster) bool) {
		for i := range g.clusters {
			if !yield(g.visit(i)) {
				return
			}
		}
	}
}

// visit returns a cluster from within a loop.
func (g *Graph) visit(i int) *v1alpha1.Cluster {
	if g.visited != nil {
		g.visited()
	}
	return g.clusters[i]
}

// Names returns the names of all clusters, sorted.
func (g *Graph) Names() []string {
	names := make([]string, len(g.clusters))
	for i, cluster := range g.clusters {
		names[i] = cluster.Name
	}
	return names
}

// Cluster returns the cluster with that name, if it exists.
func (g *Graph) Cluster(name string) (*v1alpha1.Cluster, bool) {
	i, ok := g.index[name]
	if !ok {
		return nil, false
	}
	return g.clusters[i], true
}

// Get returns the cluster with that name, or an error.
func (g *Graph) Get(name string) (*v1alpha1.Cluster, error) {
	cluster, known := g.Cluster(name)
	if !known {
		return nil, fmt.Errorf("no cluster %q in the mesh", name)
	}
	return cluster, nil
}

// ClusterByID returns the cluster with that Istio cluster ID.
func (g *Graph) ClusterByID(id string) (*v1alpha1.Cluster, bool) {
	for _, cluster := range g.clusters {
		if cluster.ID() == id {
			return cluster, true
		}
	}
	return nil, false
}

// Links returns all links, sorted by caller, then by callee.
func (g *Graph) Links() iter.Seq[Link] {
	return func(yield func(Link) bool) {
		for i, from := range g.clusters {
			for j := range g.links.of(i).all {
				if !yield(Link{From: from.Name, To: g.visit(j).Name}) {
					return
				}
			}
		}
	}
}

// Callers returns the clusters that may call a cluster, sorted.
func (g *Graph) Callers(name string) iter.Seq[*v1alpha1.Cluster] {
	return g.related(name, relation.to, g.links)
}

// Callees returns the clusters that a cluster may call, sorted.
func (g *Graph) Callees(name string) iter.Seq[*v1alpha1.Cluster] {
	return g.related(name, relation.of, g.links)
}

// Neighbors returns the clusters that a cluster may call or that may call it, sorted.
func (g *Graph) Neighbors(name string) iter.Seq[*v1alpha1.Cluster] {
	return g.related(name, relation.near, g.links)
}

// CountLinks returns the number of links.
func (g *Graph) CountLinks() int { return g.links.count() }

// Linked reports whether from may call to.
func (g *Graph) Linked(from, to string) bool {
	i, known := g.index[from]
	j, also := g.index[to]
	return known && also && g.links.has(i, j)
}

// Isolated reports whether a cluster has no links.
func (g *Graph) Isolated(name string) bool {
	i, known := g.index[name]
	if !known {
		return true
	}
	for range g.links.of(i).all {
		return false
	}
	for range g.links.to(i).all {
		return false
	}
	return true
}

// Targets returns the targets of a cluster's control plane, sorted: the clusters whose API server it reads, each with
// the address that AddressFor returns.
func (g *Graph) Targets(consumer string) iter.Seq[*v1alpha1.Cluster] {
	return func(yield func(*v1alpha1.Cluster) bool) {
		for target := range g.related(consumer, relation.of, g.reads) {
			if !yield(asRead(g.clusters[g.index[consumer]], target)) {
				return
			}
		}
	}
}

// Consumers returns the consumers of a cluster, sorted: the clusters whose control planes read its API server.
func (g *Graph) Consumers(target string) iter.Seq[*v1alpha1.Cluster] {
	return g.related(target, relation.to, g.reads)
}

// Reads reports whether consumer's control plane reads target, and whether it does not only because its access there is
// revoked.
func (g *Graph) Reads(consumer, target string) (reads, revoked bool) {
	i, known := g.index[consumer]
	j, also := g.index[target]
	if !known || !also {
		return false, false
	}
	return g.reads.has(i, j), g.revoked.has(i, j)
}

// Revoked returns the clusters that a cluster's control plane would read if its access were not revoked, sorted.
func (g *Graph) Revoked(consumer string) iter.Seq[*v1alpha1.Cluster] {
	return g.related(consumer, relation.of, g.revoked)
}

// IsTarget reports whether any control plane reads a cluster's API server.
func (g *Graph) IsTarget(target string) bool {
	for range g.Consumers(target) {
		return true
	}
	return false
}

func (g *Graph) related(name string, side func(relation, int) *row, in relation) iter.Seq[*v1alpha1.Cluster] {
	return func(yield func(*v1alpha1.Cluster) bool) {
		i, ok := g.index[name]
		if !ok {
			return
		}
		for j := range side(in, i).all {
			if !yield(g.visit(j)) {
				return
			}
		}
	}
}
