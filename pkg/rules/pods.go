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
		Why: "Inside a network a call goes straight to the address of a pod. Where two clusters use the same addresses, " +
			"it reaches the wrong cluster, or none.",
		Remedy: "Give the clusters ranges of their own, or networks of their own with east-west gateways between them.",
		find: func(in Input) []finding {
			var found []finding
			for _, ranges := range podRanges(in) {
				found = append(found, overlaps(ranges)...)
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
			ranges = append(ranges, podRange{plain(prefix), cluster.Name, at(i, fmt.Sprintf("podCIDRs[%d]", j))})
		}
	}
	return ranges
}

// plain writes IPv4 as IPv4: ::ffff:10.0.0.0/104 is 10.0.0.0/8.
func plain(prefix netip.Prefix) netip.Prefix {
	if address := prefix.Addr(); address.Is4In6() && prefix.Bits() >= 96 {
		return netip.PrefixFrom(address.Unmap(), prefix.Bits()-96)
	}
	return prefix
}

// overlaps sweeps over the sorted ranges: two of them are disjoint, or one holds the other. What
// is wrong with one range is one finding about all clusters in it: pairs would be half a million
// where a thousand clusters kept the range that their installer gives to all.
func overlaps(ranges []podRange) []finding {
	slices.SortFunc(ranges, func(a, b podRange) int {
		return cmp.Or(a.prefix.Addr().Compare(b.prefix.Addr()), cmp.Compare(a.prefix.Bits(), b.prefix.Bits()),
			cmp.Compare(a.cluster, b.cluster), cmp.Compare(a.field, b.field))
	})
	var found []finding
	var around []podRange // ranges that hold the current one, and that one, the widest first
	for start, end := 0, 0; start < len(ranges); start = end {
		for end < len(ranges) && ranges[end].prefix == ranges[start].prefix {
			end++
		}
		for len(around) > 0 && !around[len(around)-1].prefix.Overlaps(ranges[start].prefix) {
			around = around[:len(around)-1]
		}
		around = append(around, ranges[start:end]...)
		found = append(found, overlap(around, ranges[start:end])...)
	}
	return found
}

// overlap is what is wrong with one range, if anything is: current are those who have it, around
// are they and those whose ranges hold it.
func overlap(around, current []podRange) []finding {
	for _, outer := range around {
		for _, inner := range current {
			if outer.cluster == inner.cluster {
				continue
			}
			message := fmt.Sprintf("%s of %s overlaps %s of %s in the same network", inner.prefix, inner.cluster, outer.prefix, outer.cluster)
			all := owners(around)
			others := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return name == inner.cluster || name == outer.cluster })
			if len(others) > 0 {
				message += ", and ranges of " + few(others)
			}
			return []finding{{clusters: all, field: inner.field, message: message, hint: "give them ranges or networks of their own"}}
		}
	}
	return nil
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
