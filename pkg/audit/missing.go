package audit

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// Missing is a flow that the mesh needs and that does not get through.
type Missing struct {
	// Project and Network of the flow, and Rule that would let it in, by the name that is rendered.
	Project, Network, Rule string
	// Webhook is the cluster whose control plane calls its webhook; empty for other flows.
	Webhook string
	// Sources that are not let in at Target, sorted, and Allow what they need.
	Sources []string
	Target  string
	Allow   string
	// DeniedBy is the rule that keeps them out; empty where nothing lets them in.
	DeniedBy string
}

// Flows compares the networks of a plan with the rules of a dump. Networks of which the dump has no
// rule are unseen: GKE makes some in every network with a cluster.
func Flows(plan firewall.Plan, rules []gke.Rule) (missing []Missing, unseen []firewall.Network) {
	for _, network := range plan.Networks {
		there := liveRules(rules, network.Project, network.Name)
		if len(there) == 0 {
			unseen = append(unseen, network)
			continue
		}
		for _, rule := range network.Rules {
			missing = append(missing, lacks(network, rule, there)...)
		}
	}
	return missing, unseen
}

// lacks finds what of a rule does not get through, by target and traffic.
func lacks(network firewall.Network, rule firewall.Rule, there []live) []Missing {
	var found []Missing
	for _, allow := range rule.Allow {
		// Most rules have nothing to do with this traffic.
		relevant := slices.DeleteFunc(slices.Clone(there), func(l live) bool {
			return !slices.ContainsFunc(l.traffic, func(t firewall.Allow) bool { return meets(t, allow) })
		})
		for _, target := range rule.Targets {
			byDenier := map[string][]string{}
			var deniers []string
			for _, source := range rule.Sources {
				through, denier := passes(relevant, source, target, allow)
				if through {
					continue
				}
				if _, known := byDenier[denier]; !known {
					deniers = append(deniers, denier)
				}
				byDenier[denier] = append(byDenier[denier], source.String())
			}
			for _, denier := range deniers {
				found = append(found, Missing{Project: network.Project, Network: network.Name, Rule: rule.Name, Webhook: rule.Cluster, Sources: byDenier[denier],
					Target: target, Allow: allow.String(), DeniedBy: denier})
			}
		}
	}
	return found
}

// passes follows Google's order: the rule with the lowest number decides, of two with one number the
// one that denies. A rule that denies a part of the traffic keeps the whole from being let through.
func passes(there []live, source netip.Prefix, target string, allow firewall.Allow) (through bool, denier string) {
	best := -1
	for _, l := range there {
		if !l.deny && l.to(target) && l.from(source) && l.lets(allow) && (best < 0 || l.priority < best) {
			best = l.priority
		}
	}
	if best < 0 {
		return false, ""
	}
	for _, l := range there {
		if l.deny && l.priority <= best && l.to(target) && (l.fromAnybody() || slices.ContainsFunc(l.sources, source.Overlaps)) &&
			!isKubelet(l) {
			return false, l.Name
		}
	}
	return true, ""
}

// isKubelet: GKE denies port 10255 of its nodes to everybody. A mesh has no use for that port, and
// traffic to all ports is no worse for it.
func isKubelet(l live) bool {
	return strings.HasPrefix(l.Name, "gk") && strings.HasSuffix(l.Name, "-exkubelet")
}
