package audit

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// Wide is a rule that allows more traffic to the mesh's nodes than the mesh needs.
type Wide struct {
	Project, Network, Rule string
	// Ours is set if the rule's description says that it belongs to this mesh.
	Ours bool
	// Sources that no cluster of the mesh has, sorted; Targets that are not its nodes; Allow is unneeded traffic.
	// Everywhere is set if the rule applies to all machines of the network.
	Sources, Targets, Allow []string
	Everywhere              bool
	// Paths are not covered by a link although each source, target and port of the rule is needed by itself: for example,
	// the reverse direction of a link. They are computed only if nothing else is too wide.
	Paths []string
}

// automatic recognizes the rules that GKE and its load balancers create.
func automatic() *regexp.Regexp {
	return regexp.MustCompile(`^(gke|gk3)-.+-[0-9a-f]{8}-[a-z0-9-]+$|^k8s[0-9]?-`)
}

// Widths compares the dump's rules that allow the mesh's pods at its nodes with the plan. It ignores rules that are not
// about the mesh, unless they match all sources.
func Widths(plan firewall.Plan, mesh string, rules []gke.Rule) []Wide {
	var found []Wide
	own := automatic()
	prefix := strings.TrimSuffix(firewall.Mark(mesh, firewall.KindPods, ""), "firewall")
	for _, network := range plan.Networks {
		need, there := needed(network), liveRules(rules, network.Project, network.Name)
		known := pathsOf(network, there, own)
		for _, l := range there {
			if l.deny || own.MatchString(l.Name) {
				continue
			}
			ours := strings.HasPrefix(l.Description, prefix)
			if !ours && !need.concerns(l) {
				continue
			}
			wide, is := need.compare(l)
			if !is {
				wide.Paths = known.beyond(l)
			}
			if is || len(wide.Paths) > 0 {
				wide.Project, wide.Network, wide.Rule, wide.Ours = network.Project, network.Name, l.Name, ours
				found = append(found, wide)
			}
		}
	}
	return found
}

// need is what all rules of a network together must allow.
type need struct {
	sources []netip.Prefix
	targets []string
	allow   []firewall.Allow
}

func needed(network firewall.Network) need {
	var n need
	for _, rule := range network.Rules {
		n.sources = append(n.sources, rule.Sources...)
		n.targets = append(n.targets, rule.Targets...)
		n.allow = append(n.allow, rule.Allow...)
	}
	return n
}

// concerns reports whether a rule applies to the mesh's nodes, and to its pods or all sources.
func (n need) concerns(l live) bool {
	atNodes := slices.ContainsFunc(n.targets, l.to)
	return atNodes && (l.fromAnywhere() || slices.ContainsFunc(l.sources, func(source netip.Prefix) bool {
		return source.Bits() == 0 || slices.ContainsFunc(n.sources, source.Overlaps)
	}))
}

func (n need) compare(l live) (Wide, bool) {
	var wide Wide
	for _, source := range l.sources {
		if !slices.ContainsFunc(n.sources, func(outer netip.Prefix) bool { return within(source, outer) }) {
			wide.Sources = append(wide.Sources, source.String())
		}
	}
	if l.fromAnywhere() {
		wide.Sources = []string{"0.0.0.0/0"}
	}
	for _, tag := range l.TargetTags {
		if !slices.Contains(n.targets, tag) {
			wide.Targets = append(wide.Targets, tag)
		}
	}
	wide.Everywhere = len(l.TargetTags) == 0 && len(l.TargetServiceAccounts) == 0
	for _, allow := range l.traffic {
		if !slices.ContainsFunc(n.allow, func(want firewall.Allow) bool { return holds(want, allow) }) {
			wide.Allow = append(wide.Allow, allow.String())
		}
	}
	slices.Sort(wide.Sources)
	slices.Sort(wide.Targets)
	slices.Sort(wide.Allow)
	return wide, wide.Everywhere || len(wide.Sources)+len(wide.Targets)+len(wide.Allow) > 0
}
