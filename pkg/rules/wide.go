package rules

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

func openToAll() Rule {
	return Rule{
		ID: "MESH054", Severity: mesh.SeverityError,
		Title: "A range stands for every address",
		Why: "A range of length 0 is the whole internet, and so are its two halves, 0.0.0.0/1 and 128.0.0.0/1. As the source of a firewall " +
			"rule, or as an authorized network, it lets in everybody.",
		Remedy: "Write the ranges that the cluster has. Where everybody is to be let in, that is no matter of a mesh: make such a rule yourself.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				found = append(found, wideRanges(at(i, "podCIDRs"), cluster.Name, cluster.PodCIDRs)...)
				found = append(found, wideRanges(at(i, "egressCIDRs"), cluster.Name, cluster.EgressCIDRs)...)
				if cluster.GKE != nil && cluster.GKE.MasterCIDR != "" {
					for _, wide := range wideRanges("", cluster.Name, []string{cluster.GKE.MasterCIDR}) {
						wide.field = at(i, "gke.masterCIDR")
						found = append(found, wide)
					}
				}
			}
			return found
		},
	}
}

// wideRanges finds the ranges of a list that are every address, each by itself or all of them together.
func wideRanges(field, cluster string, texts []string) []finding {
	var found []finding
	var prefixes []netip.Prefix
	for i, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			continue
		}
		prefixes = append(prefixes, unmapped(prefix))
		if unmapped(prefix).Bits() == 0 {
			found = append(found, finding{clusters: []string{cluster}, field: fmt.Sprintf("%s[%d]", field, i),
				message: fmt.Sprintf("%s of %s is every address: rules for it would let in everybody", text, cluster),
				hint:    "write the ranges that the cluster has"})
		}
	}
	if len(found) > 0 {
		return found
	}
	for _, every := range []netip.Prefix{netip.PrefixFrom(netip.IPv4Unspecified(), 0), netip.PrefixFrom(netip.IPv6Unspecified(), 0)} {
		if covered(every, prefixes) {
			found = append(found, finding{clusters: []string{cluster}, field: field,
				message: fmt.Sprintf("the ranges of %s are every address together, %s: rules for them would let in everybody", cluster, every),
				hint:    "write the ranges that the cluster has"})
		}
	}
	return found
}

// covered tells whether every address of a range is in some of the others.
func covered(whole netip.Prefix, parts []netip.Prefix) bool {
	if slices.ContainsFunc(parts, func(part netip.Prefix) bool { return part.Bits() <= whole.Bits() && part.Overlaps(whole) }) {
		return true
	}
	inside := slices.DeleteFunc(slices.Clone(parts), func(part netip.Prefix) bool { return !part.Overlaps(whole) })
	if len(inside) < 2 {
		return false
	}
	lower, upper := halves(whole)
	return covered(lower, inside) && covered(upper, inside)
}

// halves are the two ranges that make up a range of more than one address.
func halves(whole netip.Prefix) (lower, upper netip.Prefix) {
	bytes := whole.Addr().AsSlice()
	bytes[whole.Bits()/8] |= 0x80 >> (whole.Bits() % 8)
	second, _ := netip.AddrFromSlice(bytes)
	return netip.PrefixFrom(whole.Addr(), whole.Bits()+1), netip.PrefixFrom(second, whole.Bits()+1)
}
