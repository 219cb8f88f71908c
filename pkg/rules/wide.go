package rules

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

func openToAll() Rule {
	return Rule{
		ID:       "MESH054",
		Severity: mesh.SeverityError,
		Title:    "A range includes every address",
		Why: "A range of length 0 is the whole internet, and so are its halves 0.0.0.0/1 and 128.0.0.0/1 together. One " +
			"of less than 8 bits is still a large part of it, and belongs to no cluster. As the source of a firewall rule, " +
			"or as an authorized network, it allows everyone.",
		Remedy: "Set the ranges of the cluster. To allow every address, create such a rule yourself.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				for _, wide := range wideRanges(cluster.Name, cluster.PodCIDRs) {
					wide.field = at(i, "podCIDRs"+wide.field)
					found = append(found, wide)
				}
				for _, wide := range wideRanges(cluster.Name, cluster.EgressCIDRs) {
					wide.field = at(i, "egressCIDRs"+wide.field)
					found = append(found, wide)
				}
				if cluster.GKE != nil && cluster.GKE.MasterCIDR != "" {
					for _, wide := range wideRanges(cluster.Name, []string{cluster.GKE.MasterCIDR}) {
						wide.field = at(i, "gke.masterCIDR")
						found = append(found, wide)
					}
				}
			}
			return found
		},
	}
}

// wideRanges reports ranges that together are all addresses, and otherwise those that are too wide. The field of a
// finding is the index of the range in brackets, or empty for all ranges together.
func wideRanges(cluster string, texts []string) []finding {
	const hint = "set the ranges of the cluster"
	var each, together []finding
	var prefixes []netip.Prefix
	whole := false
	for i, text := range texts {
		parsed, err := netip.ParsePrefix(text)
		if err != nil {
			continue
		}
		prefix := unmapped(parsed)
		prefixes = append(prefixes, prefix)
		whole = whole || prefix.Bits() == 0
		if share := shareOf(prefix); share != "" {
			each = append(each, finding{clusters: []string{cluster}, field: fmt.Sprintf("[%d]", i), hint: hint,
				message: fmt.Sprintf("%s of %s is %s: its rules would allow every address", text, cluster, share)})
		}
	}
	for _, unspecified := range []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()} {
		every := netip.PrefixFrom(unspecified, 0)
		if !whole && covered(every, prefixes) {
			together = append(together, finding{
				clusters: []string{cluster},
				hint:     hint,
				message: fmt.Sprintf("the ranges of %s together include every address, %s: their rules would allow everyone",
					cluster, every),
			})
		}
	}
	if len(together) > 0 {
		return together
	}
	return each
}

// shareOf describes a range that is wider than any cluster's. The widest of one network are 10.0.0.0/8, 240.0.0.0/4
// (https://docs.cloud.google.com/vpc/docs/subnets), fc00::/7, and below 2000::/3 what registries assign.
func shareOf(prefix netip.Prefix) string {
	widest, family := 8, "IPv4"
	if prefix.Addr().Is6() {
		widest, family = 16, "IPv6"
	}
	for _, assigned := range []string{"240.0.0.0/4", "fc00::/7"} {
		if whole := netip.MustParsePrefix(assigned); whole.Bits() <= prefix.Bits() && whole.Overlaps(prefix) {
			return ""
		}
	}
	switch bits := prefix.Bits(); {
	case bits == 0:
		return "every address"
	case bits < widest:
		return fmt.Sprintf("1/%d of all %s addresses", 1<<bits, family)
	}
	return ""
}

// covered reports whether other ranges contain every address of a range.
func covered(whole netip.Prefix, parts []netip.Prefix) bool {
	includes := func(part netip.Prefix) bool { return part.Bits() <= whole.Bits() && part.Overlaps(whole) }
	if slices.ContainsFunc(parts, includes) {
		return true
	}
	inside := slices.DeleteFunc(slices.Clone(parts), func(part netip.Prefix) bool { return !part.Overlaps(whole) })
	if len(inside) < 2 {
		return false
	}
	lower, upper := halves(whole)
	return covered(lower, inside) && covered(upper, inside)
}

// halves splits a range of more than one address.
func halves(whole netip.Prefix) (lower, upper netip.Prefix) {
	bytes := whole.Addr().AsSlice()
	bytes[whole.Bits()/8] |= 0x80 >> (whole.Bits() % 8)
	second, _ := netip.AddrFromSlice(bytes)
	return netip.PrefixFrom(whole.Addr(), whole.Bits()+1), netip.PrefixFrom(second, whole.Bits()+1)
}
