package audit

import (
	"iter"
	"net/netip"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// Missing is a flow that the mesh needs and that is blocked.
type Missing struct {
	// Project and Network of the flow, and the rendered name of the Rule that would allow it.
	Project, Network, Rule string
	// Sources that Target does not allow, sorted, and the traffic that they need.
	Sources []string
	Target  string
	Allow   string
	// DeniedBy is the rule that denies them; empty if no rule allows them.
	DeniedBy string
}

// Flows compares the networks of a plan with the rules of a dump. Networks without any rule in the dump are unknown,
// because GKE creates some in each network with a cluster.
func Flows(plan firewall.Plan, rules []gke.Rule) (missing []Missing, unknown []firewall.Network) {
	for _, network := range plan.Networks {
		there := liveRules(rules, network.Project, network.Name)
		if len(there) == 0 {
			unknown = append(unknown, network)
			continue
		}
		for _, rule := range network.Rules {
			missing = append(missing, lacks(network, rule, there)...)
		}
	}
	return missing, unknown
}

// lacks returns the blocked traffic of a rule by target, grouped by what blocks it and by source.
func lacks(network firewall.Network, rule firewall.Rule, there []live) []Missing {
	var found []Missing
	for _, target := range rule.Targets {
		first := len(found)
		for _, allow := range single(rule.Allow) {
			for denier, sources := range stopped(there, rule.Sources, target, allow) {
				same := func(m Missing) bool { return m.DeniedBy == denier && slices.Equal(m.Sources, sources) }
				if i := slices.IndexFunc(found[first:], same); i >= 0 {
					found[first+i].Allow += "," + allow.String()
					continue
				}
				found = append(found, Missing{
					Project:  network.Project,
					Network:  network.Name,
					Rule:     rule.Name,
					Sources:  sources,
					Target:   target,
					Allow:    allow.String(),
					DeniedBy: denier,
				})
			}
		}
	}
	return found
}

// single splits traffic, because different rules can allow different ports.
func single(allows []firewall.Allow) []firewall.Allow {
	var all []firewall.Allow
	for _, allow := range allows {
		if len(allow.Ports) == 0 {
			all = append(all, allow)
		}
		for _, ports := range allow.Ports {
			all = append(all, firewall.Allow{Protocol: allow.Protocol, Ports: []firewall.Ports{ports}})
		}
	}
	return all
}

// stopped yields blocked sources by what blocks them, in the order of first occurrence.
func stopped(there []live, sources []netip.Prefix, target string, allow firewall.Allow) iter.Seq2[string, []string] {
	relevant := slices.DeleteFunc(slices.Clone(there), func(l live) bool {
		return !l.to(target) || !slices.ContainsFunc(l.traffic, func(t firewall.Allow) bool { return meets(t, allow) })
	})
	bySources := map[string][]string{}
	var deniers []string
	for _, source := range sources {
		through, denier := passes(relevant, source, allow)
		if through {
			continue
		}
		if _, known := bySources[denier]; !known {
			deniers = append(deniers, denier)
		}
		bySources[denier] = append(bySources[denier], source.String())
	}
	return func(yield func(string, []string) bool) {
		for _, denier := range deniers {
			if !yield(denier, bySources[denier]) {
				return
			}
		}
	}
}

// passes follows Google's order: the rule with the lowest priority number applies, and deny wins over allow. A rule
// that denies part of the traffic blocks it; several rules that each allow a part can together allow it.
func passes(there []live, source netip.Prefix, allow firewall.Allow) (through bool, denier string) {
	best, parts := -1, false
	for _, l := range there {
		switch {
		case l.deny || !l.allows(allow):
		case l.from(source):
			if best < 0 || l.priority < best {
				best = l.priority
			}
		case slices.ContainsFunc(l.sources, source.Overlaps):
			parts = true
		}
	}
	if best < 0 && parts {
		lower, upper := halves(source)
		if through, denier = passes(there, lower, allow); through {
			through, denier = passes(there, upper, allow)
		}
		return through, denier
	}
	if best < 0 {
		return false, ""
	}
	for _, l := range there {
		concerns := l.fromAnywhere() || slices.ContainsFunc(l.sources, source.Overlaps)
		if l.deny && l.priority <= best && concerns && !isKubelet(l) {
			return false, l.Name
		}
	}
	return true, ""
}

// halves splits a range that contains another one, and therefore has more than one address.
func halves(source netip.Prefix) (lower, upper netip.Prefix) {
	bits := source.Bits()
	lower = netip.PrefixFrom(source.Addr(), bits+1)
	address := source.Addr().AsSlice()
	address[bits/8] |= 1 << (7 - bits%8)
	middle, _ := netip.AddrFromSlice(address)
	return lower, netip.PrefixFrom(middle, bits+1)
}

// isKubelet: GKE denies port 10255 of its nodes from all sources. The mesh does not need that port, and traffic to all
// ports works without it.
func isKubelet(l live) bool {
	return strings.HasPrefix(l.Name, "gk") && strings.HasSuffix(l.Name, "-exkubelet")
}
