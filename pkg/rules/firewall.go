package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
)

// gaps are the facts of one kind that the plan of the firewalls misses.
func gaps(in Input, kind firewall.GapKind, tell func(gap firewall.Gap) (field, message, hint string)) []finding {
	var found []finding
	for _, gap := range in.plan.Gaps {
		if gap.Kind != kind {
			continue
		}
		i := slices.IndexFunc(in.Mesh.Spec.Clusters, func(c v1alpha1.Cluster) bool { return c.Name == gap.Cluster })
		field, message, hint := tell(gap)
		found = append(found, finding{clusters: []string{gap.Cluster}, field: at(i, field), message: message, hint: hint})
	}
	return found
}

// opensNetworks tells whether rules for networks of Google Cloud are rendered at all.
func opensNetworks(in Input) bool {
	wanted := in.Mesh.Spec.Firewall
	return wanted.Renders(v1alpha1.FirewallGcloud) || wanted.Renders(v1alpha1.FirewallConfigConnector) || wanted.Renders(v1alpha1.FirewallTerraform)
}

func applicationPorts() Rule {
	return Rule{
		ID: "MESH046", Severity: mesh.SeverityWarning,
		Title: "A firewall opens every TCP port, for want of the applications' own",
		Why: "A sidecar is called at the port on which its application listens, which may be any: no list of ports of the mesh is enough. " +
			"Until mesh.yaml says which they are, the callers of a cluster on GKE reach every TCP port of its pods and nodes. That is less than the " +
			"guides open, who open every protocol, and more than is needed.",
		Remedy: "Write the ports of the applications: firewall.applicationPorts. Where every port is meant, say firewall.ports: all, or waive the finding. " +
			"Ambient clusters among themselves need no such list.",
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
			return []finding{{clusters: targets, field: "spec.firewall.applicationPorts",
				message: fmt.Sprintf("every TCP port of %s is open to the clusters that call it: the ports of applications with sidecars are not said", listNames(targets)),
				hint:    `write firewall: {applicationPorts: ["8080"]} with the ports on which pods listen`}}
		},
	}
}

func untaggedNodes() Rule {
	return Rule{
		ID: "MESH047", Severity: mesh.SeverityWarning,
		Title: "No firewall rule can aim at the nodes of a cluster",
		Why: "A rule of a VPC network aims at machines by their network tags. Without gke.nodeTags there is no rule for the cluster here, " +
			"and calls to its pods time out, unless somebody else has opened the way: a rule without tags would open every machine of the network.",
		Remedy: "Write gke.nodeTags. GKE gives nodes a tag with a random part; the automatic rule whose name ends in -all has it: gcloud compute " +
			"firewall-rules list.",
		find: func(in Input) []finding {
			if !opensNetworks(in) {
				return nil
			}
			return gaps(in, firewall.GapNodeTags, func(gap firewall.Gap) (string, string, string) {
				message := "no rule lets the control plane of " + gap.Cluster + " call its webhook: its nodes have no tags in mesh.yaml"
				if len(gap.For) > 0 {
					message = fmt.Sprintf("no rule lets %s call %s: its nodes have no tags in mesh.yaml", listNames(gap.For), gap.Cluster)
				}
				return "gke.nodeTags", message, "write gke: {nodeTags: [TAG]}"
			})
		},
	}
}

func unknownPods() Rule {
	return Rule{
		ID: "MESH048", Severity: mesh.SeverityWarning,
		Title: "A firewall does not know the pods of a caller",
		Why: "Firewall rules and authorized networks of GKE name callers by the addresses of their pods. A cluster without podCIDRs is in none of " +
			"them, and its calls to the others time out.",
		Remedy: "Write podCIDRs of the cluster, all of its ranges; kubectl mesh collect reads them of a live cluster.",
		find: func(in Input) []finding {
			return gaps(in, firewall.GapPodCIDRs, func(gap firewall.Gap) (string, string, string) {
				return "podCIDRs", fmt.Sprintf("%s calls %s, and is let in nowhere: the ranges of its pods are not in mesh.yaml", gap.Cluster, listNames(gap.For)),
					"write podCIDRs: [RANGE], or fetch them: kubectl mesh collect --cluster " + gap.Cluster
			})
		},
	}
}

func unknownPlane() Rule {
	return Rule{
		ID: "MESH049", Severity: mesh.SeverityWarning,
		Title: "The webhook of a private cluster is out of reach of its control plane",
		Why: "GKE lets the control plane of a private cluster reach its nodes at ports 443 and 10250. The injection webhook of istiod listens on " +
			"15017, and without a rule for it new pods wait, or start without a sidecar. The rule needs the range of the control plane.",
		Remedy: "Write gke.masterCIDR, the whole range. A cluster with Private Service Connect has none: name the range of the subnet of its private endpoint.",
		find: func(in Input) []finding {
			if !opensNetworks(in) {
				return nil
			}
			return gaps(in, firewall.GapMasterCIDR, func(gap firewall.Gap) (string, string, string) {
				return "gke.masterCIDR", "no rule lets the control plane of " + gap.Cluster + " call the webhook of istiod: its range is not in mesh.yaml",
					"write gke: {masterCIDR: RANGE}"
			})
		},
	}
}

func unknownEgress() Rule {
	return Rule{
		ID: "MESH050", Severity: mesh.SeverityWarning,
		Title: "An API server does not know from where it is read",
		Why: "An API server with authorized networks refuses everybody else. At its public address it sees the address of a NAT or of a node, " +
			"and not that of a pod: without egressCIDRs of the cluster that reads there is nothing to authorize, and the remote secret stays in timeout.",
		Remedy: "Write egressCIDRs of the cluster that reads: the addresses of its Cloud NAT, or of its nodes.",
		find: func(in Input) []finding {
			return gaps(in, firewall.GapEgress, func(gap firewall.Gap) (string, string, string) {
				return "egressCIDRs", fmt.Sprintf("%s reads %s at an address that lets in authorized networks only, and its own is not in mesh.yaml",
						gap.Cluster, listNames(gap.For)),
					"write egressCIDRs: [RANGE] of " + gap.Cluster
			})
		},
	}
}

func sharedTag() Rule {
	return Rule{
		ID: "MESH051", Severity: mesh.SeverityWarning,
		Title: "A firewall rule opens a cluster that nobody may call there",
		Why: "A rule aims at network tags. Where clusters share a tag in one VPC network, a rule for one of them opens the others too, " +
			"whatever the links say.",
		Remedy: "Give the nodes of each cluster a tag of their own, and write that one: gcloud container node-pools create takes --tags.",
		find: func(in Input) []finding {
			if !opensNetworks(in) {
				return nil
			}
			aims := aimsOf(in)
			var found []finding
			for i := range in.Mesh.Spec.Clusters {
				cluster := &in.Mesh.Spec.Clusters[i]
				if cluster.GKE == nil {
					continue
				}
				for j, tag := range cluster.GKE.NodeTags {
					if caller, other := opened(in, cluster, aims[tagKey{network: networkKey(cluster), tag: tag}]); caller != "" {
						found = append(found, finding{clusters: sortNames(cluster.Name, other), field: at(i, fmt.Sprintf("gke.nodeTags[%d]", j)),
							message: fmt.Sprintf("tag %s is that of %s too: the rule that lets %s call %s lets it call %s", tag, other, caller, other, cluster.Name),
							hint:    "use a tag that only the nodes of " + cluster.Name + " have"})
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

// aim is a caller that a firewall rule lets in at the nodes with a tag, for a cluster that it may call.
type aim struct{ caller, target string }

// aimsOf are the aims of each tag: a caller once, for the first cluster by name that it may call there.
func aimsOf(in Input) map[tagKey][]aim {
	aims, known := map[tagKey][]aim{}, map[tagKey]map[string]bool{}
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
				if !known[key][caller.Name] && !in.Graph.Apart(caller.Name, target.Name) {
					known[key][caller.Name] = true
					aims[key] = append(aims[key], aim{caller: caller.Name, target: target.Name})
				}
			}
		}
	}
	return aims
}

// opened finds a caller that the rule for a tag lets into a cluster, for another one: the cluster itself it may
// not call.
func opened(in Input, cluster *v1alpha1.Cluster, aims []aim) (caller, other string) {
	for _, one := range aims {
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
		ID: "MESH052", Severity: mesh.SeverityError,
		Title: "Pod ranges of one VPC network overlap",
		Why: "In a VPC network an address belongs to one machine. Clusters there with overlapping ranges cannot be, also when they are different networks " +
			"to Istio; and a firewall rule for the pods of one would let in those of the other.",
		Remedy: "Correct podCIDRs or gke.vpc of the clusters: vpc is default when it is left out.",
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
					if !one.isInOneNetwork() { // which is another finding
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
		ID: "MESH053", Severity: mesh.SeverityError,
		Title: "An API server has too many authorized networks",
		Why: "GKE takes 100 authorized networks of a private cluster and 50 of another one. Above that the update that the mesh needs is refused, " +
			"and nobody is let in.",
		Remedy: "Join ranges of gke.authorizedNetworks, or of podCIDRs, to wider ones; or have fewer clusters read this one.",
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
						hint:    "join ranges to wider ones"})
				}
			}
			return found
		},
	}
}
