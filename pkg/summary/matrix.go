package summary

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/markdown"
)

// A mesh too large for a diagram is a matrix of groups. The clusters of a group are interchangeable: they call and are
// called by the same clusters in the same way. A fully linked mesh in one network is one group, so one more cluster is
// one more line.

// Limits of what a matrix can show, and of the size of a mesh that is grouped.
const (
	maxGroups   = 40
	maxGrouped  = 1500
	uncalled    = "–"
	directCall  = "d"
	gatewayCall = "g"
)

// groups of clusters by their first member, and how it calls the others.
type groups struct {
	names   []string            // first members of the groups, sorted
	of      map[string]string   // group of each cluster
	members map[string][]string // sorted
	rows    map[string][]string // how each cluster calls each other, by index
	index   map[string]int
}

// group returns the groups; nil if there are too many to show.
func (s Summary) group() *groups {
	if len(s.Clusters) > maxGrouped {
		return nil
	}
	g := &groups{
		of:      map[string]string{},
		members: map[string][]string{},
		rows:    map[string][]string{},
		index:   map[string]int{},
	}
	for i := range s.Clusters {
		g.index[s.Clusters[i].Name] = i
		g.rows[s.Clusters[i].Name] = slices.Repeat([]string{uncalled}, len(s.Clusters))
	}
	for _, link := range s.Links {
		g.rows[link.From][g.index[link.To]] = s.call(link, link.To)
		if link.Both {
			g.rows[link.To][g.index[link.From]] = s.call(link, link.From)
		}
	}
	classes := g.classes()
	for i := range s.Clusters {
		name := s.Clusters[i].Name
		first := classes[name][0]
		g.of[name], g.members[first] = first, classes[name]
	}
	g.names = slices.Sorted(maps.Keys(g.members))
	if len(g.names) > maxGroups {
		return nil
	}
	return g
}

// call returns how a cluster is called by the other cluster of a link.
func (s Summary) call(link Link, called string) string {
	way := directCall
	if link.Gateway {
		way = gatewayCall
	}
	if slices.Contains(link.Federated, called) {
		way += " f"
	}
	return way
}

// classes returns the interchangeable clusters, by member. Two are interchangeable if their calls are the same when
// each is taken to call itself as they call each other, and if the calls to them are the same too.
func (g *groups) classes() map[string][]string {
	names := slices.SortedFunc(maps.Keys(g.index), func(a, b string) int { return cmp.Compare(g.index[a], g.index[b]) })
	columns := make([][]string, len(names))
	for j := range names {
		for _, name := range names {
			columns[j] = append(columns[j], g.rows[name][j])
		}
	}
	best := map[string][]string{}
	for _, own := range g.ways() {
		alike := map[string][]string{}
		for i, name := range names {
			row, column := slices.Clone(g.rows[name]), slices.Clone(columns[i])
			row[i], column[i] = own, own
			key := strings.Join(row, ",") + "/" + strings.Join(column, ",")
			alike[key] = append(alike[key], name)
		}
		for _, members := range alike {
			for _, name := range members {
				if len(members) > len(best[name]) {
					best[name] = members
				}
			}
		}
	}
	return best
}

// ways returns the distinct ways in which clusters call each other, sorted.
func (g *groups) ways() []string {
	ways := map[string]bool{uncalled: true}
	for _, row := range g.rows {
		for _, way := range row {
			ways[way] = true
		}
	}
	return slices.Sorted(maps.Keys(ways))
}

// way returns how a group calls another, or itself.
func (g *groups) way(from, to string) string {
	if from != to {
		return g.rows[from][g.index[to]]
	}
	if members := g.members[from]; len(members) > 1 {
		return g.rows[members[0]][g.index[members[1]]]
	}
	return " "
}

// matrix prints the groups and how they call each other.
func (g *groups) matrix(p *page) {
	p.text("Too many links for a diagram. The clusters of a group have the same links; a group is named after its " +
		"first member.")
	p.text("**d** direct, in one network · **g** through an east-west gateway · **f** federated, without a stored " +
		"credential · **–** no calls")
	header := append([]string{"Group calls ↓ →"}, g.names...)
	p.table(header, func(row func(...string)) {
		for _, from := range g.names {
			cells := []string{markdown.Cell(from)}
			for _, to := range g.names {
				cells = append(cells, g.way(from, to))
			}
			row(cells...)
		}
	})
	p.table([]string{"Cluster", "Group"}, func(row func(...string)) {
		for _, name := range slices.Sorted(maps.Keys(g.of)) {
			row(markdown.Cell(name), markdown.Cell(g.of[name]))
		}
	})
}

// calls lists the links of each cluster, if even the groups are too many.
func (s Summary) calls(p *page) {
	called := map[string][]string{}
	for _, link := range s.Links {
		called[link.From] = append(called[link.From], link.To)
		if link.Both {
			called[link.To] = append(called[link.To], link.From)
		}
	}
	all := s.everyCluster()
	p.text(fmt.Sprintf("Too many links for a diagram, and more than %d groups of clusters for a matrix.", maxGroups))
	p.table([]string{"Cluster", "Calls"}, func(row func(...string)) {
		for i := range s.Clusters {
			name := s.Clusters[i].Name
			slices.Sort(called[name])
			row(markdown.Cell(name), markdown.Cell(all.other(called[name], name)))
		}
	})
}
