package gke

import (
	"slices"
	"strings"
)

// ruleOf parses the name of the rule that GKE creates from a cluster's pods to its nodes: gke-east-1a2b3c4d-all; gk3 is
// for Autopilot. Long cluster names can be truncated.
func ruleOf(rule string) (cluster string, ok bool) {
	prefixed, isAll := strings.CutSuffix(rule, "-all")
	name, isGKE := strings.CutPrefix(prefixed, "gke-")
	if !isGKE {
		name, isGKE = strings.CutPrefix(prefixed, "gk3-")
	}
	at := strings.LastIndexByte(name, '-')
	if !isAll || !isGKE || at < 1 || len(name)-at-1 != 8 || strings.Trim(name[at+1:], "0123456789abcdef") != "" {
		return "", false
	}
	return name[:at], true
}

// NodeTags returns the network tags of a cluster's nodes. The clusters API does not contain them: they are the target
// of the rule that GKE creates for the cluster, which is identified by its network and by the pods that it allows.
// Without that rule, they are the tags configured for all nodes. The reason explains why there are none, or what to
// verify.
func (c Cluster) NodeTags(rules []Rule) (tags []string, reason string) {
	var found []Rule
	ranges, _ := c.PodRanges()
	project, network := c.VPC()
	for _, rule := range rules {
		if isAutomatic(rule, project, network, ranges) {
			found = append(found, rule)
		}
	}
	if len(found) > 1 { // with overlapping clusters, the name may be another cluster's
		found = slices.DeleteFunc(found, func(rule Rule) bool {
			name, _ := ruleOf(rule.Name)
			return name != c.Name
		})
	}
	switch {
	case len(found) == 1:
		tags = slices.Clone(found[0].TargetTags)
		slices.Sort(tags)
		return slices.Compact(tags), ""
	case len(found) > 1:
		return nil, "more than one rule gke-*-all matches its pods"
	}
	if tags = c.commonTags(); len(tags) > 0 {
		return tags, "they are common to its node pools, and other machines may have them too: verify them, or specify " +
			"the network's rules"
	}
	if len(rules) == 0 {
		return nil, "the cluster does not report them, and no firewall rules are specified"
	}
	return nil, "no rule gke-*-all of its network matches its pods"
}

// isAutomatic reports whether a rule is GKE's in a network, for pods of these ranges.
func isAutomatic(rule Rule, project, network string, ranges []string) bool {
	if _, ok := ruleOf(rule.Name); !ok || rule.Direction != "INGRESS" || len(rule.TargetTags) == 0 {
		return false
	}
	ruleProject, ruleNetwork := rule.VPC()
	return ruleNetwork == network && (ruleProject == "" || project == "" || ruleProject == project) &&
		slices.ContainsFunc(rule.SourceRanges, func(source string) bool { return holds(ranges, source) })
}

// commonTags returns the tags configured for all nodes.
func (c Cluster) commonTags() []string {
	if c.Autopilot.Enabled {
		return sortedUnique(c.NodePoolAutoConfig.NetworkTags.Tags)
	}
	var common []string
	for i, pool := range c.NodePools {
		if i == 0 {
			common = slices.Clone(pool.Config.Tags)
		}
		common = slices.DeleteFunc(common, func(tag string) bool { return !slices.Contains(pool.Config.Tags, tag) })
	}
	return sortedUnique(common)
}

func sortedUnique(values []string) []string {
	values = slices.Clone(values)
	slices.Sort(values)
	return slices.Compact(values)
}
