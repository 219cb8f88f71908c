package rules

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func overlappingPods() Rule {
	return Rule{
		ID: "MESH004", Severity: mesh.SeverityError,
		Title: "Pod ranges of one network overlap",
		Why: "In a network, calls go directly to pod addresses. If two clusters use the same addresses, " +
			"a call reaches the wrong cluster, or none.",
		Remedy: "Use separate ranges for the clusters, or separate networks with east-west gateways between them.",
		find: func(in Input) []finding {
			var found []finding
			for _, ranges := range podRanges(in) {
				for _, one := range overlaps(ranges) {
					found = append(found, one.finding("the same network"))
				}
			}
			slices.SortFunc(found, func(a, b finding) int { return cmp.Compare(a.field, b.field) })
			return found
		},
	}
}

// podRange is one range of pods of a cluster.
type podRange struct {
	prefix         netip.Prefix
	cluster, field string
	network        string // of the cluster, as Istio knows it
}

// podRanges groups the ranges by network.
func podRanges(in Input) map[string][]podRange {
	ranges := map[string][]podRange{}
	for i, cluster := range in.Mesh.Spec.Clusters {
		ranges[cluster.Network] = append(ranges[cluster.Network], rangesOf(i, cluster)...)
	}
	return ranges
}

func rangesOf(i int, cluster v1alpha1.Cluster) []podRange {
	var ranges []podRange
	for j, cidr := range cluster.PodCIDRs {
		if prefix, err := netip.ParsePrefix(cidr); err == nil {
			ranges = append(ranges, podRange{
				prefix: unmapped(prefix), cluster: cluster.Name, network: cluster.Network,
				field: at(i, fmt.Sprintf("podCIDRs[%d]", j)),
			})
		}
	}
	return ranges
}

// unmapped writes IPv4 as IPv4: ::ffff:10.0.0.0/104 is 10.0.0.0/8.
func unmapped(prefix netip.Prefix) netip.Prefix {
	if address := prefix.Addr(); address.Is4In6() && prefix.Bits() >= 96 {
		return netip.PrefixFrom(address.Unmap(), prefix.Bits()-96)
	}
	return prefix
}

// overlaps sweeps over the sorted ranges: two of them are disjoint, or one holds the other. What
// is wrong with one range is one overlap of all clusters in it: pairs would be half a million
// where a thousand clusters kept the range that their installer gives to all.
func overlaps(ranges []podRange) []overlap {
	slices.SortFunc(ranges, func(a, b podRange) int {
		return cmp.Or(a.prefix.Addr().Compare(b.prefix.Addr()), cmp.Compare(a.prefix.Bits(), b.prefix.Bits()),
			cmp.Compare(a.cluster, b.cluster), cmp.Compare(a.field, b.field))
	})
	var found []overlap
	var around []podRange // ranges that hold the current one, and that one, the widest first
	for start, end := 0, 0; start < len(ranges); start = end {
		for end < len(ranges) && ranges[end].prefix == ranges[start].prefix {
			end++
		}
		for len(around) > 0 && !around[len(around)-1].prefix.Overlaps(ranges[start].prefix) {
			around = around[:len(around)-1]
		}
		around = append(around, ranges[start:end]...)
		if one, ok := findOverlap(around, ranges[start:end]); ok {
			found = append(found, one)
		}
	}
	return found
}

// overlap is two ranges of two clusters with addresses in common.
type overlap struct {
	inner, outer podRange
	// around are the ranges that hold the inner one, and those that are the same.
	around []podRange
}

// findOverlap is what is wrong with one range, if anything is: current are those who have it, around
// are they and those whose ranges hold it.
func findOverlap(around, current []podRange) (overlap, bool) {
	for _, outer := range around {
		for _, inner := range current {
			if outer.cluster != inner.cluster {
				return overlap{inner: inner, outer: outer, around: slices.Clone(around)}, true
			}
		}
	}
	return overlap{}, false
}

// isInOneNetwork tells whether all its clusters are of one network to Istio.
func (o overlap) isInOneNetwork() bool {
	return !slices.ContainsFunc(o.around, func(r podRange) bool { return r.network != o.around[0].network })
}

// finding says where the ranges overlap.
func (o overlap) finding(where string) finding {
	message := fmt.Sprintf("%s of %s overlaps %s of %s in %s",
		o.inner.prefix, o.inner.cluster, o.outer.prefix, o.outer.cluster, where)
	all := owners(o.around)
	others := slices.DeleteFunc(slices.Clone(all), func(name string) bool {
		return name == o.inner.cluster || name == o.outer.cluster
	})
	if len(others) > 0 {
		message += ", and ranges of " + listNames(others)
	}
	return finding{clusters: all, field: o.inner.field, message: message, hint: "use separate ranges or networks for them"}
}

// owners are the clusters of some ranges, sorted.
func owners(ranges []podRange) []string {
	names := make([]string, len(ranges))
	for i, r := range ranges {
		names[i] = r.cluster
	}
	slices.Sort(names)
	return slices.Compact(names)
}
