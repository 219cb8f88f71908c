package cluster

import (
	"cmp"
	"net/netip"
	"slices"
)

// cover returns the fewest ranges with exactly the same addresses, sorted. It never adds an address, which another
// cluster could use.
func cover(ranges []netip.Prefix) []netip.Prefix {
	sorted := make([]netip.Prefix, len(ranges))
	for i, prefix := range ranges {
		sorted[i] = prefix.Masked()
	}
	slices.SortFunc(sorted, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	var covered []netip.Prefix // disjoint, and no two can be merged
	for _, prefix := range sorted {
		if last := len(covered) - 1; last >= 0 && covered[last].Overlaps(prefix) {
			continue // ranges are disjoint or nested, wider ones first
		}
		for last := len(covered) - 1; last >= 0 && halves(covered[last], prefix); last = len(covered) - 1 {
			prefix = whole(prefix)
			covered = covered[:last]
		}
		covered = append(covered, prefix)
	}
	return covered
}

// halves reports whether two ranges are the halves of one.
func halves(a, b netip.Prefix) bool {
	return a.Bits() == b.Bits() && a.Bits() > 0 && whole(a) == whole(b)
}

// whole returns the range of which this one is a half.
func whole(half netip.Prefix) netip.Prefix {
	return netip.PrefixFrom(half.Addr(), half.Bits()-1).Masked()
}
