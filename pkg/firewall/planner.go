package firewall

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

type planner struct {
	mesh  *v1alpha1.Mesh
	graph *topology.Graph
	plan  Plan
	names map[string]bool // rule names, by project
	gaps  map[gapKey]map[string]bool
}

// gapKey identifies a gap, without whom it is needed for.
type gapKey struct {
	kind    GapKind
	cluster string
}

type netKey struct{ project, name string }

func networkOf(cluster *v1alpha1.Cluster) netKey {
	return netKey{project: cluster.GKE.NetworkProject, name: cluster.GKE.VPC}
}

// networks returns those of the GKE clusters, sorted, with their clusters.
func (p *planner) networks() (keys []netKey, members map[netKey][]*v1alpha1.Cluster) {
	members = map[netKey][]*v1alpha1.Cluster{}
	for cluster := range p.graph.Clusters() {
		if cluster.GKE != nil {
			members[networkOf(cluster)] = append(members[networkOf(cluster)], cluster)
		}
	}
	keys = slices.SortedFunc(maps.Keys(members), func(a, b netKey) int {
		return cmp.Or(strings.Compare(a.project, b.project), strings.Compare(a.name, b.name))
	})
	return keys, members
}

// network plans the rules of one VPC network.
func (p *planner) network(key netKey, members []*v1alpha1.Cluster) Network {
	network := Network{Project: key.project, Name: key.name}
	var openings []opening
	for _, cluster := range members {
		network.Clusters = append(network.Clusters, cluster.Name)
		found, notes := p.openings(cluster)
		openings = append(openings, found...)
		network.Notes = append(network.Notes, notes...)
	}
	for _, group := range groups(openings) {
		network.Rules = append(network.Rules, p.rules(key, group)...)
	}
	slices.SortFunc(network.Rules, func(a, b Rule) int { return strings.Compare(a.Name, b.Name) })
	return network
}

// missing records a gap.
func (p *planner) missing(kind GapKind, cluster string, about ...string) {
	key := gapKey{kind: kind, cluster: cluster}
	if p.gaps[key] == nil {
		p.gaps[key] = map[string]bool{}
	}
	for _, name := range about {
		p.gaps[key][name] = true
	}
}

func (p *planner) sortedGaps() []Gap {
	var gaps []Gap
	for key, about := range p.gaps {
		gaps = append(gaps, Gap{Kind: key.kind, Cluster: key.cluster, For: slices.Sorted(maps.Keys(about))})
	}
	slices.SortFunc(gaps, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Cluster, b.Cluster))
	})
	return gaps
}
