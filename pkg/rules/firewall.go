package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
)

// gaps reports facts of one kind that the firewall plan lacks. describe returns the finding with a field path relative
// to the gap's cluster.
func gaps(in Input, kind firewall.GapKind, describe func(gap firewall.Gap) finding) []finding {
	var found []finding
	for _, gap := range in.plan.Gaps {
		if gap.Kind != kind {
			continue
		}
		i := slices.IndexFunc(in.Mesh.Spec.Clusters, func(c v1alpha1.Cluster) bool { return c.Name == gap.Cluster })
		f := describe(gap)
		f.clusters, f.field = []string{gap.Cluster}, at(i, f.field)
		found = append(found, f)
	}
	return found
}

// opensNetworks reports whether rules for Google Cloud networks are rendered.
func opensNetworks(in Input) bool {
	wanted := in.Mesh.Spec.Firewall
	return wanted.Renders(v1alpha1.FirewallGcloud) ||
		wanted.Renders(v1alpha1.FirewallConfigConnector) ||
		wanted.Renders(v1alpha1.FirewallTerraform)
}

func applicationPorts() Rule {
	return Rule{
		ID:       "MESH046",
		Severity: mesh.SeverityWarning,
		Title:    "Firewall rules open every TCP port",
		Why: "Sidecars are called at the ports of their applications, which mesh.yaml does not know by default. Until " +
			"mesh.yaml lists them, the callers of a cluster on GKE reach every TCP port of its pods and nodes. That is less " +
			"than the published guides, which open every protocol, and more than is required.",
		Remedy: "List the application ports in firewall.applicationPorts. To allow every port, set firewall.ports: all, " +
			"or waive the finding. Calls between ambient clusters require no such list.",
		find: func(in Input) []finding {
			var targets []string
			for _, gap := range in.plan.Gaps {
				if gap.Kind == firewall.GapApplicationPorts {
					targets = append(targets, gap.Cluster)
				}
			}
			if len(targets) == 0 || !opensNetworks(in) {
				return nil
			}
			return []finding{{
				clusters: targets,
				field:    "spec.firewall.applicationPorts",
				message: fmt.Sprintf("every TCP port of %s is open to the clusters that call it: no application ports are set "+
					"for sidecars", listNames(targets)),
				hint: `set firewall: {applicationPorts: ["8080"]} with the ports on which pods listen`,
			}}
		},
	}
}

func untaggedNodes() Rule {
	return Rule{
		ID:       "MESH047",
		Severity: mesh.SeverityWarning,
		Title:    "No firewall rule can target the nodes of a cluster",
		Why: "Rules of a VPC network target machines by their network tags. Without gke.nodeTags no rule is rendered for " +
			"the cluster, and calls to its pods time out unless another rule allows them: a rule without tags would apply " +
			"to every machine of the network.",
		Remedy: "Set gke.nodeTags. GKE adds a tag with a random part to nodes; the automatic rule whose name ends in " +
			"-all contains it: gcloud compute firewall-rules list.",
		find: func(in Input) []finding {
			if !opensNetworks(in) {
				return nil
			}
			return gaps(in, firewall.GapNodeTags, func(gap firewall.Gap) finding {
				message := "no rule allows the control plane of " + gap.Cluster + " to call its webhook: gke.nodeTags is not set"
				if len(gap.For) > 0 {
					message = fmt.Sprintf("no rule allows %s to call %s: gke.nodeTags is not set", listNames(gap.For), gap.Cluster)
				}
				return finding{field: "gke.nodeTags", message: message, hint: "set gke: {nodeTags: [TAG]}"}
			})
		},
	}
}

func unknownPods() Rule {
	return Rule{
		ID:       "MESH048",
		Severity: mesh.SeverityWarning,
		Title:    "The pod ranges of a caller are unknown",
		Why: "GKE's firewall rules and authorized networks identify callers by their pod addresses. A cluster without " +
			"podCIDRs is in none of them, and its calls to other clusters time out.",
		Remedy: "Set podCIDRs of the cluster, with all of its ranges; kubectl mesh collect reads them from a live cluster.",
		find: func(in Input) []finding {
			return gaps(in, firewall.GapPodCIDRs, func(gap firewall.Gap) finding {
				return finding{
					field: "podCIDRs",
					message: fmt.Sprintf("traffic from %s to %s is not allowed by any firewall rule: "+
						"podCIDRs of the caller is not set", gap.Cluster, listNames(gap.For)),
					hint: "set podCIDRs: [RANGE], or collect them: kubectl mesh collect --cluster " + gap.Cluster,
				}
			})
		},
	}
}

func unknownPlane() Rule {
	return Rule{
		ID:       "MESH049",
		Severity: mesh.SeverityWarning,
		Title:    "A private cluster's control plane cannot reach the injection webhook",
		Why: "GKE allows a private cluster's control plane to reach its nodes at ports 443 and 10250. istiod's injection " +
			"webhook listens on 15017; without a rule for it new pods wait, or start without a sidecar. The rule requires " +
			"the control plane's range.",
		Remedy: "Set gke.masterCIDR to the whole range. A cluster with Private Service Connect has none: use the range " +
			"of its private endpoint's subnet.",
		find: func(in Input) []finding {
			if !opensNetworks(in) {
				return nil
			}
			return gaps(in, firewall.GapMasterCIDR, func(gap firewall.Gap) finding {
				return finding{
					field: "gke.masterCIDR",
					message: "no rule allows the control plane of " + gap.Cluster + " to call istiod's webhook: " +
						"gke.masterCIDR is not set",
					hint: "set gke: {masterCIDR: RANGE}",
				}
			})
		},
	}
}

func unknownEgress() Rule {
	return Rule{
		ID:       "MESH050",
		Severity: mesh.SeverityWarning,
		Title:    "The source addresses of a consumer are unknown",
		Why: "An API server with authorized networks refuses all other sources. At its public address it sees the " +
			"address of a NAT or of a node, not that of a pod: without the consumer's egressCIDRs there is nothing to " +
			"authorize, and the remote secret stays in timeout.",
		Remedy: "Set the consumer's egressCIDRs: the addresses of its Cloud NAT, or of its nodes.",
		find: func(in Input) []finding {
			return gaps(in, firewall.GapEgress, func(gap firewall.Gap) finding {
				return finding{
					field: "egressCIDRs",
					message: fmt.Sprintf("%s reads %s at an address with authorized networks, but egressCIDRs of the "+
						"consumer is not set", gap.Cluster, listNames(gap.For)),
					hint: "set egressCIDRs: [RANGE] of " + gap.Cluster,
				}
			})
		},
	}
}

func sharedTag() Rule {
	return Rule{
		ID:       "MESH051",
		Severity: mesh.SeverityWarning,
		Title:    "A firewall rule also opens an unlinked cluster",
		Why: "A rule targets network tags. If clusters share a tag in one VPC network, a rule for one of them also opens " +
			"the others, regardless of links.",
		Remedy: "Use a separate node tag for each cluster: gcloud container node-pools create takes --tags.",
		find: func(in Input) []finding {
			if !opensNetworks(in) {
				return nil
			}
			calls := callsByTag(in)
			var found []finding
			for i := range in.Mesh.Spec.Clusters {
				cluster := &in.Mesh.Spec.Clusters[i]
				if cluster.GKE == nil {
					continue
				}
				for j, tag := range cluster.GKE.NodeTags {
					if caller, other := opened(in, cluster, calls[tagKey{network: networkKey(cluster), tag: tag}]); caller != "" {
						found = append(found, finding{
							clusters: sortNames(cluster.Name, other),
							field:    at(i, fmt.Sprintf("gke.nodeTags[%d]", j)),
							message: fmt.Sprintf("tag %s is also used by %s: the rule that allows %s to call %s also allows calls to %s",
								tag, other, caller, other, cluster.Name),
							hint: "use a tag that only the nodes of " + cluster.Name + " have",
						})
						break
					}
				}
			}
			return found
		},
	}
}

// tagKey is a network tag in a VPC network.
type tagKey struct{ network, tag string }

func networkKey(cluster *v1alpha1.Cluster) string {
	return cluster.GKE.NetworkProject + "/" + cluster.GKE.VPC
}

// allowedCall is a caller that a firewall rule allows at the nodes with a tag, to reach a cluster that it may call.
type allowedCall struct{ caller, target string }

// callsByTag returns the calls allowed at each tag: each caller once, with the first cluster by name that it may call
// there.
func callsByTag(in Input) map[tagKey][]allowedCall {
	calls, known := map[tagKey][]allowedCall{}, map[tagKey]map[string]bool{}
	for target := range in.Graph.Clusters() {
		if target.GKE == nil {
			continue
		}
		for _, tag := range target.GKE.NodeTags {
			key := tagKey{network: networkKey(target), tag: tag}
			if known[key] == nil {
				known[key] = map[string]bool{}
			}
			for caller := range in.Graph.Callers(target.Name) {
				if !known[key][caller.Name] && !in.Graph.CrossNetwork(caller.Name, target.Name) {
					known[key][caller.Name] = true
					calls[key] = append(calls[key], allowedCall{caller: caller.Name, target: target.Name})
				}
			}
		}
	}
	return calls
}

// opened returns a caller whom a tag's rule also allows to reach a cluster that it may not call, and the cluster that
// the rule is for.
func opened(in Input, cluster *v1alpha1.Cluster, calls []allowedCall) (caller, other string) {
	for _, one := range calls {
		if one.caller != cluster.Name && !in.Graph.Linked(one.caller, cluster.Name) {
			return one.caller, one.target
		}
	}
	return "", ""
}

func sortNames(names ...string) []string {
	slices.Sort(names)
	return names
}

func overlappingVPC() Rule {
	return Rule{
		ID:       "MESH052",
		Severity: mesh.SeverityError,
		Title:    "Pod ranges of one VPC network overlap",
		Why: "In a VPC network an address belongs to one machine. Clusters in it cannot have overlapping ranges, even if " +
			"they are different networks to Istio; and a firewall rule for the pods of one would also allow those of the " +
			"other.",
		Remedy: "Correct podCIDRs or gke.vpc of the clusters: vpc defaults to default.",
		find: func(in Input) []finding {
			ranges := map[string][]podRange{}
			for i, cluster := range in.Mesh.Spec.Clusters {
				if cluster.GKE != nil {
					network := "VPC network " + cluster.GKE.VPC + " of project " + cluster.GKE.NetworkProject
					ranges[network] = append(ranges[network], rangesOf(i, cluster)...)
				}
			}
			var found []finding
			for network, some := range ranges {
				for _, one := range overlaps(some) {
					if !one.isInOneNetwork() { // reported by another rule
						found = append(found, one.finding(network))
					}
				}
			}
			slices.SortFunc(found, func(a, b finding) int { return strings.Compare(a.field, b.field) })
			return found
		},
	}
}

func crowdedAccess() Rule {
	return Rule{
		ID:       "MESH053",
		Severity: mesh.SeverityError,
		Title:    "An API server has too many authorized networks",
		Why: "GKE accepts 100 authorized networks for a private cluster and 50 for others. Beyond that it rejects the " +
			"update, and no consumer is authorized.",
		Remedy: "Merge ranges of gke.authorizedNetworks, or of podCIDRs, into wider ones; or link fewer clusters to this " +
			"one.",
		find: func(in Input) []finding {
			index := map[string]int{}
			for i, cluster := range in.Mesh.Spec.Clusters {
				index[cluster.Name] = i
			}
			var found []finding
			for _, access := range in.plan.Accesses {
				i := index[access.Cluster]
				limit := firewall.Limit(&in.Mesh.Spec.Clusters[i])
				if count := access.Count(); count > limit && len(access.Networks) > 0 {
					found = append(found, finding{clusters: []string{access.Cluster}, field: at(i, "gke.authorizedNetworks"),
						message: fmt.Sprintf("%s would have %d authorized networks, of at most %d", access.Cluster, count, limit),
						hint:    "merge ranges into wider ones"})
				}
			}
			return found
		},
	}
}
