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

// podRange is a pod range of a cluster.
type podRange struct {
	prefix  netip.Prefix
	cluster string
	network string // the cluster's Istio network
	// index is the index of the cluster, entry that of the range in its podCIDRs.
	index, entry int
}

func (r podRange) field() string { return at(r.index, fmt.Sprintf("podCIDRs[%d]", r.entry)) }

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
				prefix: unmapped(prefix), cluster: cluster.Name, network: cluster.Network, index: i, entry: j,
			})
		}
	}
	return ranges
}

// unmapped converts IPv4-mapped ranges to IPv4: ::ffff:10.0.0.0/104 is 10.0.0.0/8.
func unmapped(prefix netip.Prefix) netip.Prefix {
	if address := prefix.Addr(); address.Is4In6() && prefix.Bits() >= 96 {
		return netip.PrefixFrom(address.Unmap(), prefix.Bits()-96)
	}
	return prefix
}

// overlaps sweeps over the sorted ranges, of which any two are disjoint or nested. It reports one overlap per range
// with all its clusters: if a thousand clusters kept their installer's default range, there would be half a million
// pairs.
func overlaps(ranges []podRange) []overlap {
	slices.SortFunc(ranges, func(a, b podRange) int {
		return cmp.Or(a.prefix.Addr().Compare(b.prefix.Addr()), cmp.Compare(a.prefix.Bits(), b.prefix.Bits()),
			cmp.Compare(a.cluster, b.cluster), cmp.Compare(a.entry, b.entry))
	})
	var found []overlap
	var around []podRange // ranges that contain the current one, including itself, widest first
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

// overlap is two overlapping ranges of two clusters.
type overlap struct {
	inner, outer podRange
	// around are the ranges that contain the inner one, including equal ones.
	around []podRange
}

// findOverlap returns the overlap of a range, if any: current are its clusters, around also those whose ranges contain
// it.
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

// isInOneNetwork reports whether all its clusters are in one Istio network.
func (o overlap) isInOneNetwork() bool {
	return !slices.ContainsFunc(o.around, func(r podRange) bool { return r.network != o.around[0].network })
}

// finding describes where the ranges overlap.
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
	return finding{
		clusters: all,
		field:    o.inner.field(),
		message:  message,
		hint:     "use separate ranges or networks for them",
	}
}

// owners returns the clusters of ranges, sorted.
func owners(ranges []podRange) []string {
	names := make([]string, len(ranges))
	for i, r := range ranges {
		names[i] = r.cluster
	}
	slices.Sort(names)
	return slices.Compact(names)
}
