package gke

import (
	"slices"
	"strings"
)

// ruleOf names the cluster of a rule that GKE makes for each from its pods to its nodes:
// gke-east-1a2b3c4d-all; gk3 is for Autopilot. Long names of clusters may be cut.
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

// NodeTags are the network tags of the nodes of a cluster. The API of clusters does not tell
// them: they are the target of the rule that GKE has made for the cluster, which is found by its
// network and by the pods that it lets in. Without such a rule they are the tags that somebody
// has given to every node. The reason says why there are none, or what to look at.
func (c Cluster) NodeTags(rules []Rule) (tags []string, reason string) {
	var found []Rule
	ranges, _ := c.PodRanges()
	project, network := c.VPC()
	for _, rule := range rules {
		if isAutomatic(rule, project, network, ranges) {
			found = append(found, rule)
		}
	}
	if len(found) > 1 { // a name is that of another cluster where the clusters overlap
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

// isAutomatic tells whether a rule is one of GKE in a network, for pods of these ranges.
func isAutomatic(rule Rule, project, network string, ranges []string) bool {
	if _, ok := ruleOf(rule.Name); !ok || rule.Direction != "INGRESS" || len(rule.TargetTags) == 0 {
		return false
	}
	ruleProject, ruleNetwork := rule.VPC()
	return ruleNetwork == network && (ruleProject == "" || project == "" || ruleProject == project) &&
		slices.ContainsFunc(rule.SourceRanges, func(source string) bool { return holds(ranges, source) })
}

// commonTags are those that every node has because somebody wants it so.
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
