package changes

import (
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Side is one of the two compared meshes. The zero Side is no mesh.
type Side struct {
	Summary summary.Summary
	// Mesh is valid and has its defaults set; nil if there is none.
	Mesh *v1alpha1.Mesh
	// Problems are the findings of the rules, including waived ones.
	Problems []mesh.Problem
	// Sealed files, by path.
	Sealed []Sealed
	// Signers are the keys in trust/allowed_signers; none if the whole file is rejected.
	Signers []Signer
	// Where returns the file and line of a field of the mesh; nil omits places.
	Where func(field string) (file string, line int)
}

// Compare returns all changes from base to head, severe ones first.
func Compare(base, head Side, rendered Rendered) []Change {
	c := &comparison{base: base, head: head, rendered: rendered, kinds: map[ID]Kind{}}
	for _, kind := range All() {
		c.kinds[kind.ID] = kind
	}
	for _, compare := range []func(){
		c.access, c.endpoints, c.identities, c.trust, c.gateways, c.openings, c.links,
		c.members, c.sites, c.policy, c.sealing, c.sealed, c.versions, c.held, c.findings, c.settings, c.objects,
	} {
		compare()
	}
	sortChanges(c.found)
	return c.found
}

// comparison collects the changes.
type comparison struct {
	base, head Side
	rendered   Rendered
	kinds      map[ID]Kind
	found      []Change
}

func (c *comparison) add(id ID, change Change) {
	change.Kind = c.kinds[id]
	if change.Clusters == nil && change.From != "" {
		change.Clusters = []string{change.From, change.To}
	}
	c.found = append(c.found, change)
}

// has reports whether a mesh has a cluster.
func (s Side) has(cluster string) bool {
	return slices.ContainsFunc(s.Summary.Clusters, func(c summary.Cluster) bool { return c.Name == cluster })
}

// stays reports whether a cluster is in both meshes: what is added or removed with a cluster is reported with it.
func (c *comparison) stays(cluster string) bool { return c.base.has(cluster) && c.head.has(cluster) }

// changed are two items with the same identity.
type changed[T any] struct{ base, head *T }

// match returns removed items, added items, and those in both lists.
func match[T any](base, head []T, id func(T) string) (removed, added []T, both []changed[T]) {
	before := make(map[string]int, len(base))
	for i, item := range base {
		before[id(item)] = i
	}
	kept := make([]bool, len(base))
	both = make([]changed[T], 0, min(len(base), len(head)))
	for at := range head {
		if i, known := before[id(head[at])]; known {
			kept[i] = true
			both = append(both, changed[T]{base: &base[i], head: &head[at]})
		} else {
			added = append(added, head[at])
		}
	}
	for i, item := range base {
		if !kept[i] {
			removed = append(removed, item)
		}
	}
	return removed, added, both
}

func clusterName(cluster summary.Cluster) string { return cluster.Name }

// missing returns the values that another list lacks.
func missing(in, of []string) []string {
	var left []string
	for _, value := range of {
		if !slices.Contains(in, value) {
			left = append(left, value)
		}
	}
	return left
}

// value returns a possibly empty value as a list.
func value(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}
