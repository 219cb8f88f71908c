package firewall

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// group is a set of openings that one rule can cover.
type group struct {
	opening // of the first target; callers are those of all
	targets []*v1alpha1.Cluster
	// mutual is set if the targets are among the callers and all call each other.
	mutual bool
	// first is set for the group of its kind in the network with the most targets.
	first bool
}

// groups merges openings without allowing more: first clusters that all call each other, whose own pods GKE allows
// anyway; then those with the same callers.
func groups(openings []opening) []group {
	var mutual, rest []opening
	for _, joined := range join(openings, func(o opening) string { return o.key(o.kind == KindPods) }) {
		if len(joined) > 1 && joined[0].kind == KindPods {
			mutual = append(mutual, joined...)
		} else {
			rest = append(rest, joined...)
		}
	}
	var all []group
	for _, joined := range join(mutual, func(o opening) string { return o.key(true) }) {
		all = append(all, group{opening: withTarget(joined[0]), targets: targetsOf(joined), mutual: true})
	}
	for _, joined := range join(rest, func(o opening) string { return o.key(false) }) {
		all = append(all, group{opening: joined[0], targets: targetsOf(joined)})
	}
	slices.SortStableFunc(all, func(a, b group) int {
		return cmp.Or(strings.Compare(string(a.kind), string(b.kind)), cmp.Compare(len(b.targets), len(a.targets)),
			strings.Compare(a.targets[0].Name, b.targets[0].Name))
	})
	for i := range all {
		all[i].first = i == 0 || all[i].kind != all[i-1].kind
	}
	return all
}

// key is equal for openings that one rule can cover.
func (o opening) key(withTarget bool) string {
	names := namesOf(o.callers)
	if withTarget {
		if at, there := slices.BinarySearch(names, o.target.Name); !there {
			names = slices.Insert(names, at, o.target.Name)
		}
	}
	parts := []string{string(o.kind)}
	if o.egress {
		parts = append(parts, "egress")
	}
	for _, allow := range o.allow {
		parts = append(parts, allow.String())
	}
	return strings.Join(parts, " ") + "\n" + strings.Join(names, "\n")
}

// join groups openings by a key, in the order of first occurrence.
func join(openings []opening, key func(opening) string) [][]opening {
	var order []string
	byKey := map[string][]opening{}
	for _, o := range openings {
		k := key(o)
		if byKey[k] == nil {
			order = append(order, k)
		}
		byKey[k] = append(byKey[k], o)
	}
	joined := make([][]opening, len(order))
	for i, k := range order {
		joined[i] = byKey[k]
	}
	return joined
}

// withTarget returns the opening with its target among the callers.
func withTarget(o opening) opening {
	at, _ := slices.BinarySearchFunc(o.callers, o.target, compareNames)
	o.callers = slices.Insert(slices.Clone(o.callers), at, o.target)
	return o
}

func targetsOf(openings []opening) []*v1alpha1.Cluster {
	targets := make([]*v1alpha1.Cluster, len(openings))
	for i, o := range openings {
		targets[i] = o.target
	}
	return targets
}
