package firewall

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// parse parses ranges and ignores invalid ones. IPv4-mapped ranges become IPv4: ::ffff:10.0.0.0/104 is 10.0.0.0/8.
func parse(texts []string) []netip.Prefix {
	var ranges []netip.Prefix
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			continue
		}
		if address := prefix.Addr(); address.Is4In6() && prefix.Bits() >= 96 {
			prefix = netip.PrefixFrom(address.Unmap(), prefix.Bits()-96)
		}
		ranges = append(ranges, prefix.Masked())
	}
	return ranges
}

// distinct sorts ranges and removes duplicates.
func distinct(ranges []netip.Prefix) []netip.Prefix {
	ranges = slices.Clone(ranges)
	slices.SortFunc(ranges, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	return slices.Compact(ranges)
}

// tidy sorts ranges and removes those inside another.
func tidy(ranges []netip.Prefix) []netip.Prefix {
	var kept []netip.Prefix
	for _, prefix := range distinct(ranges) {
		if last := len(kept) - 1; last >= 0 && kept[last].Overlaps(prefix) {
			continue // sorted, so the previous one contains it
		}
		kept = append(kept, prefix)
	}
	return kept
}

// families separates IPv4 from IPv6, because a rule has only one.
func families(ranges []netip.Prefix) (v4, v6 []netip.Prefix) {
	for _, prefix := range ranges {
		if prefix.Addr().Is4() {
			v4 = append(v4, prefix)
		} else {
			v6 = append(v6, prefix)
		}
	}
	return v4, v6
}

// listNames lists the names that fit on a line.
func listNames(names []string) string {
	const most = 8
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d others", strings.Join(names[:most], ", "), len(names)-most)
}
