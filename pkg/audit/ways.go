package audit

import (
	"net/netip"
	"regexp"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
)

// maxWays limits the reported paths of a rule: more add no information.
const maxWays = 16

// paths are the needed rules, and GKE's automatic ones, whose traffic is allowed anyway.
type paths []firewall.Rule

func pathsOf(network firewall.Network, there []live, own *regexp.Regexp) paths {
	all := paths(slices.Clone(network.Rules))
	for _, l := range there {
		if !l.deny && own.MatchString(l.Name) {
			all = append(all, firewall.Rule{Sources: l.sources, Targets: l.TargetTags, Allow: l.traffic})
		}
	}
	return all
}

// beyond returns the traffic that a rule allows from a source to a target and that none of these rules allows, in the
// format of reported flows.
func (w paths) beyond(l live) []string {
	var found []string
	for _, target := range l.TargetTags {
		here := slices.DeleteFunc(slices.Clone(w), func(r firewall.Rule) bool { return !slices.Contains(r.Targets, target) })
		for _, allow := range single(l.traffic) {
			known, sources := here.sourcesOf(allow)
			for _, source := range l.sources {
				if known[source] || slices.ContainsFunc(sources, func(outer netip.Prefix) bool { return within(source, outer) }) {
					continue
				}
				found = append(found, allow.String()+" from "+source.String()+" at "+target)
				if len(found) == maxWays {
					return found
				}
			}
		}
	}
	return found
}

// sourcesOf returns the sources with some allowed traffic: most sources of a rule are in the set.
func (w paths) sourcesOf(allow firewall.Allow) (known map[netip.Prefix]bool, sources []netip.Prefix) {
	known = map[netip.Prefix]bool{}
	for _, rule := range w {
		if !slices.ContainsFunc(rule.Allow, func(has firewall.Allow) bool { return holds(has, allow) }) {
			continue
		}
		for _, source := range rule.Sources {
			known[source] = true
		}
		sources = append(sources, rule.Sources...)
	}
	return known, sources
}
