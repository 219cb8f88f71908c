package audit

import (
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/gke"
)

// Limits of a firewall rule: https://cloud.google.com/firewall/quotas. The limit of ranges used to be 256, and still is
// in some projects.
const (
	maxTargets = 70
	maxSources = 256
)

// Full is a list at or near its limit.
type Full struct {
	// What contains the list: a rule, or a cluster.
	What, List string
	Has, Limit int
}

// near is when a list is reported: with a fifth left for future clusters.
func near(has, limit int) bool { return has*5 >= limit*4 }

// FullRules returns the rules for pods or nodes of the mesh with lists near a limit.
func FullRules(plan firewall.Plan, rules []gke.Rule) []Full {
	var found []Full
	for _, network := range plan.Networks {
		need := needed(network)
		for _, l := range liveRules(rules, network.Project, network.Name) {
			if !need.concerns(l) {
				continue
			}
			found = append(found, full("rule "+l.Name, "target tags", len(l.TargetTags), maxTargets)...)
			found = append(found, full("rule "+l.Name, "source ranges", len(l.SourceRanges), maxSources)...)
		}
	}
	return found
}

// FullAccess returns the list of authorized networks, including those that must be added.
func FullAccess(need firewall.Access, cluster *v1alpha1.Cluster, is *v1alpha1.GKE) []Full {
	all := slices.Clone(is.AuthorizedNetworks)
	for _, network := range need.Networks {
		all = append(all, network.String())
	}
	slices.Sort(all)
	read := *cluster
	read.GKE = is
	return full("cluster "+cluster.Name, "authorized networks", len(slices.Compact(all)), firewall.Limit(&read))
}

func full(what, list string, has, limit int) []Full {
	if !near(has, limit) {
		return nil
	}
	return []Full{{What: what, List: list, Has: has, Limit: limit}}
}
