package firewall

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Limits of a rule. Google accepts 5000 ranges today, and 256 in the past; a script passes them as one argument, which
// Linux limits to 128 KiB.
const (
	maxTargets = 70
	maxSources = 256
)

// rules returns the rules for a group: one, unless it needs both address families or exceeds a limit.
func (p *planner) rules(key netKey, g group) []Rule {
	var sources []netip.Prefix
	for _, caller := range g.callers {
		sources = append(sources, g.addresses(caller)...)
	}
	var tags []string
	for _, target := range g.targets {
		tags = append(tags, target.GKE.NodeTags...)
	}
	slices.Sort(tags)
	tags = slices.Compact(tags)
	v4, v6 := families(tidy(sources))
	rules := p.shards(key, g, "", v4, tags)
	return append(rules, p.shards(key, g, "-v6", v6, tags)...)
}

func (p *planner) shards(key netKey, g group, family string, sources []netip.Prefix, tags []string) []Rule {
	allow := g.allow
	if family != "" {
		allow = forIPv6(allow)
	}
	var rules []Rule
	for targets := range slices.Chunk(tags, maxTargets) {
		for ranges := range slices.Chunk(sources, maxSources) {
			suffix := family
			if len(rules) > 0 {
				suffix += fmt.Sprintf("-%d", len(rules)+1)
			}
			rule := Rule{Name: p.name(key, g, suffix), Kind: g.kind, Priority: int(*p.mesh.Spec.Firewall.Priority),
				Allow: allow, Sources: ranges, Targets: targets, Reasons: g.reasons()}
			if g.kind == KindWebhook {
				rule.Cluster = g.target.Name
			}
			rule.Description = Mark(p.mesh.Metadata.Name, g.kind, rule.Cluster)
			rules = append(rules, rule)
		}
	}
	return rules
}

// reasons returns lines for reviewers.
func (g group) reasons() []string {
	targets := namesOf(g.targets)
	switch {
	case g.kind == KindWebhook:
		return []string{g.target.Name + ": " + g.reason}
	case g.mutual:
		reasons := []string{g.reason, listNames(targets) + " may call each other"}
		others := slices.DeleteFunc(namesOf(g.callers), func(name string) bool { return slices.Contains(targets, name) })
		if len(others) > 0 {
			reasons = append(reasons, listNames(others)+" may call them too")
		}
		return reasons
	}
	return []string{g.reason, listNames(namesOf(g.callers)) + " may call " + listNames(targets)}
}

// name of a rule, unique in its project, which can own several networks and serve several meshes. One rule of each kind
// is named only after the network: while all clusters share a rule, it is that one, and when links are removed it is
// narrowed instead of being orphaned under another name.
func (p *planner) name(key netKey, g group, suffix string) string {
	parts := []string{"mesh", p.mesh.Metadata.Name}
	switch {
	case g.kind == KindWebhook:
		parts = append(parts, g.target.Name, string(g.kind))
	case g.first:
		parts = append(parts, key.name, string(g.kind))
	default:
		parts = append(parts, key.name, string(g.kind), g.targets[0].Name)
	}
	name := fit(strings.Join(parts, "-"), strings.Join(parts, "/"), suffix, false)
	if p.names[key.project+"/"+name] {
		name = fit(strings.Join(parts, "-"), key.name+"//"+strings.Join(parts, "/"), suffix, true)
	}
	p.names[key.project+"/"+name] = true
	return name
}
