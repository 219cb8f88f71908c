package gke

import (
	"net/netip"
	"slices"
)

// merged sorts ranges and removes those inside another.
func merged(ranges []netip.Prefix) []string {
	slices.SortFunc(ranges, func(a, b netip.Prefix) int {
		if order := a.Addr().Compare(b.Addr()); order != 0 {
			return order
		}
		return a.Bits() - b.Bits()
	})
	var texts []string
	var last netip.Prefix
	for _, prefix := range ranges {
		if last.IsValid() && last.Overlaps(prefix) {
			continue // the wider one comes first
		}
		last = prefix
		texts = append(texts, prefix.String())
	}
	return texts
}

// holds reports whether ranges contain all addresses of another.
func holds(ranges []string, inner string) bool {
	prefix, err := netip.ParsePrefix(inner)
	return err == nil && slices.ContainsFunc(ranges, func(text string) bool {
		outer, err := netip.ParsePrefix(text)
		return err == nil && outer.Bits() <= prefix.Bits() && outer.Contains(prefix.Addr())
	})
}
