package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/audit"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// dumpCheck is a check of the dump of gcloud; without one it is not made.
func dumpCheck(check Check, run func(subject, firewall.Plan) []outcome) Check {
	check.Scope = ScopeMesh
	check.run = func(s subject) []outcome {
		if s.Dump == nil {
			return nil
		}
		if found := run(s, firewall.New(s.Mesh, s.Graph)); found != nil {
			return found
		}
		return ok()
	}
	return check
}

func dumpComplete() Check {
	return dumpCheck(Check{ID: "CHECK034", Severity: mesh.SeverityWarning,
		Title: "The dump of gcloud has the clusters of the mesh and the rules of their networks",
		Why: "What is not in the dump cannot be compared. GKE makes rules in every network with a cluster, so a network without any was not " +
			"asked for: with a Shared VPC the rules are in the host project.",
		Remedy: "Add what is missing: gcloud container clusters list, and gcloud compute firewall-rules list for the project of each network, " +
			"both with format json.",
	}, func(s subject, plan firewall.Plan) []outcome {
		var found []outcome
		for cluster := range s.Graph.Clusters() {
			if _, known := s.Dump.Known[cluster.Name]; cluster.GKE != nil && !known {
				found = append(found, unknown(fmt.Sprintf("%s is not in %s", cluster.Name, s.Dump.Files),
					"gcloud container clusters list --project="+cluster.GKE.Project+" --format=json")...)
			}
		}
		_, unseen := audit.Flows(plan, s.Dump.Rules)
		for _, network := range unseen {
			found = append(found, unknown(fmt.Sprintf("%s has no rule of network %s of project %s", s.Dump.Files, network.Name, network.Project),
				"gcloud compute firewall-rules list --project="+network.Project+" --format=json")...)
		}
		return found
	})
}

func flowsPass() Check {
	return dumpCheck(Check{ID: "CHECK035", Severity: mesh.SeverityError,
		Title: "What the mesh needs gets through the firewall",
		Why: "A call that no rule lets in ends in a timeout, which looks like trouble with TLS or with the peer. Of several rules the one with " +
			"the lowest priority number decides, and of two with one number the one that denies. Rules for outgoing traffic are not looked at; " +
			"policies above the rules of the network are not in the dump.",
		Remedy: "Run the rendered script of the network, first without the flag that makes it act.",
	}, func(s subject, plan firewall.Plan) []outcome {
		var found []outcome
		missing, _ := audit.Flows(plan, s.Dump.Rules)
		for _, m := range missing {
			flow := fmt.Sprintf("%s from %s to %s in network %s of project %s", m.Allow, abridged(m.Sources), m.Target, m.Network, m.Project)
			if m.DeniedBy != "" {
				found = append(found, bad(fmt.Sprintf("%s: rule %s denies it", flow, m.DeniedBy),
					fmt.Sprintf("have rule %s count for more, or rule %s not deny that", m.Rule, m.DeniedBy))...)
				continue
			}
			remedy := fmt.Sprintf("bring what %s has to network %s, with rule %s", layout.Deployed(layout.Firewall), m.Network, m.Rule)
			if s.Mesh.Spec.Firewall.Renders(v1alpha1.FirewallGcloud) {
				remedy = "bash " + firewallScript(m.Project, m.Network, m.Webhook) + ", which makes rule " + m.Rule
			}
			found = append(found, bad(flow+": no rule lets it in", remedy)...)
		}
		return found
	})
}

func rulesNarrow() Check {
	return dumpCheck(Check{ID: "CHECK036", Severity: mesh.SeverityWarning,
		Title: "No firewall rule is wider than the mesh needs",
		Why: "A rule that lets in pods of the mesh may let in others as well: clusters that have left, ranges of a whole project, every port, or " +
			"with no target every machine of the network. Rules that GKE makes for itself are left out.",
		Remedy: "Look whom else the rule is for. What only the mesh needs is in the rendered script.",
	}, func(s subject, plan firewall.Plan) []outcome {
		var found []outcome
		for _, wide := range audit.Widths(plan, s.Mesh.Metadata.Name, s.Dump.Rules) {
			found = append(found, bad(fmt.Sprintf("rule %s in network %s of project %s lets in more: %s", wide.Rule, wide.Network, wide.Project, excess(wide)), narrower(s, wide))...)
		}
		return found
	})
}

// firewallScript is where the script for a network is rendered, or for a cluster's webhook.
func firewallScript(project, network, webhook string) string {
	if webhook != "" {
		return layout.Deployed(layout.WebhookScript(webhook))
	}
	return layout.Deployed(layout.FirewallScript(project, network))
}

// narrower says who makes a rule narrower. The script of a webhook goes with its cluster.
func narrower(s subject, wide audit.Wide) string {
	_, known := s.Graph.Cluster(wide.Webhook)
	switch {
	case !wide.Ours:
		return "look whom else it is for: gcloud compute firewall-rules describe " + wide.Rule + " --project=" + wide.Project
	case wide.Webhook != "" && !known:
		return "no script has it any more: gcloud compute firewall-rules delete " + wide.Rule + " --project=" + wide.Project
	case !s.Mesh.Spec.Firewall.Renders(v1alpha1.FirewallGcloud):
		return "bring what " + layout.Deployed(layout.Firewall) + " has to network " + wide.Network
	}
	return "bash " + firewallScript(wide.Project, wide.Network, wide.Webhook) + ", with --prune where mesh.yaml has the rule no more"
}

// excess says what is too much.
func excess(wide audit.Wide) string {
	var parts []string
	for _, part := range []struct {
		what   string
		values []string
	}{{what: "from ", values: wide.Sources}, {what: "at ", values: wide.Targets}, {what: "", values: wide.Allow}, {what: "", values: wide.Ways}} {
		if len(part.values) > 0 {
			parts = append(parts, part.what+abridged(part.values))
		}
	}
	if wide.Everywhere {
		parts = append(parts, "at all machines")
	}
	return strings.Join(parts, "; ")
}

func rangesApart() Check {
	return dumpCheck(Check{ID: "CHECK037", Severity: mesh.SeverityError,
		Title: "Ranges of one VPC network do not overlap",
		Why: "An address leads to one place. Where ranges of pods or control planes overlap, some of them cannot be reached, and a rule for one " +
			"cluster is one for the other, too. Clusters that are not in the mesh count as well.",
		Remedy: "Give one of the clusters another range: that takes a new node pool with a range of its own, or a new cluster.",
	}, func(s subject, _ firewall.Plan) []outcome {
		var found []outcome
		for _, overlap := range audit.Overlaps(s.Dump.Clusters) {
			found = append(found, bad(fmt.Sprintf("%s of %s and %s of %s overlap in network %s of project %s", overlap.RangeA, overlap.A, overlap.RangeB,
				overlap.B, overlap.Network, overlap.Project), "give one of them another range")...)
		}
		return found
	})
}

func serversOpen() Check {
	return dumpCheck(Check{ID: "CHECK038", Severity: mesh.SeverityError,
		Title: "The API servers let in the control planes that read them",
		Why: "A control plane that is no authorized network of a cluster, or reads its private endpoint from another region without global access, " +
			"does not get through: its remote secret stays in timeout.",
		Remedy: "Run the rendered access script of the cluster, first without the flag that makes it act.",
	}, func(s subject, plan firewall.Plan) []outcome {
		var found []outcome
		needs := accesses(plan)
		s.Dump.eachCluster(s, func(cluster *v1alpha1.Cluster, is *v1alpha1.GKE) {
			closed, shut := audit.Access(needs[cluster.Name], is)
			if !shut {
				return
			}
			var parts []string
			if len(closed.Networks) > 0 {
				parts = append(parts, abridged(closed.Networks)+" not authorized")
			}
			if closed.GlobalAccess {
				parts = append(parts, "global access off")
			}
			found = append(found, bad(cluster.Name+": "+strings.Join(parts, ", "), "bash "+layout.Deployed(layout.AccessScript(cluster.Name)))...)
		})
		return found
	})
}

func serversNarrow() Check {
	return dumpCheck(Check{ID: "CHECK039", Severity: mesh.SeverityWarning,
		Title: "No authorized network is there without need",
		Why: "Authorized networks that nobody of the mesh has and that mesh.yaml does not keep may be left over from a cluster that is gone: " +
			"whoever has that range now reaches the API server.",
		Remedy: "Write those that are for others into gke.authorizedNetworks of the cluster, and remove the rest.",
	}, func(s subject, plan firewall.Plan) []outcome {
		var found []outcome
		needs := accesses(plan)
		s.Dump.eachCluster(s, func(cluster *v1alpha1.Cluster, is *v1alpha1.GKE) {
			if spare := audit.Spare(needs[cluster.Name], is); len(spare) > 0 {
				found = append(found, bad(fmt.Sprintf("%s authorizes %s, which mesh.yaml does not have", cluster.Name, abridged(spare)),
					"write them into gke.authorizedNetworks, or: bash "+layout.Deployed(layout.AccessScript(cluster.Name))+" --prune")...)
			}
		})
		return found
	})
}

func listsShort() Check {
	return dumpCheck(Check{ID: "CHECK040", Severity: mesh.SeverityWarning,
		Title: "No list is near its limit",
		Why: "A cluster has at most 50 authorized networks, or 100 when it is private, and a firewall rule 70 target tags. Beyond that Google " +
			"refuses the change, and the next cluster cannot join. Said from four fifths on.",
		Remedy: "Join ranges that lie side by side, or give nodes one common tag.",
	}, func(s subject, plan firewall.Plan) []outcome {
		lists := audit.FullRules(plan, s.Dump.Rules)
		needs := accesses(plan)
		s.Dump.eachCluster(s, func(cluster *v1alpha1.Cluster, is *v1alpha1.GKE) {
			lists = append(lists, audit.FullAccess(needs[cluster.Name], cluster, is)...)
		})
		var found []outcome
		for _, list := range lists {
			found = append(found, bad(fmt.Sprintf("%s has %d %s, of at most %d", list.What, list.Has, list.List, list.Limit), "join ranges, or use a common tag")...)
		}
		return found
	})
}

func factsCurrent() Check {
	return dumpCheck(Check{ID: "CHECK041", Severity: mesh.SeverityWarning,
		Title: "What mesh.yaml and the facts say of a cluster is what the dump says",
		Why: "What is rendered follows from what is written down. When a cluster has got a new pod range, other node tags or another endpoint, the " +
			"rules and addresses of the mesh are those of yesterday.",
		Remedy: "Import the facts again, and render: kubectl mesh import gke FILE",
	}, func(s subject, _ firewall.Plan) []outcome {
		var found []outcome
		s.Dump.eachCluster(s, func(cluster *v1alpha1.Cluster, is *v1alpha1.GKE) {
			pods, _ := s.Dump.Known[cluster.Name].PodRanges()
			if fields := drift(cluster, is, pods); len(fields) > 0 {
				found = append(found, bad(cluster.Name+": not as in the dump: "+strings.Join(fields, ", "), "kubectl mesh import gke "+s.Dump.Files)...)
			}
		})
		return found
	})
}

// drift lists the fields of which both sides say something else. What one side does not say, it may
// not know.
func drift(cluster *v1alpha1.Cluster, is *v1alpha1.GKE, pods []string) []string {
	var fields []string
	differ := func(field, said, found string) {
		if said != "" && found != "" && said != found {
			fields = append(fields, field)
		}
	}
	lists := func(field string, said, found []string) {
		differ(field, strings.Join(sortNames(slices.Clone(said)), " "), strings.Join(sortNames(slices.Clone(found)), " "))
	}
	said := cluster.GKE
	if said == nil {
		return nil
	}
	lists("podCIDRs", cluster.PodCIDRs, pods)
	lists("gke.nodeTags", said.NodeTags, is.NodeTags)
	differ("gke.networkProject", said.NetworkProject, is.NetworkProject)
	differ("gke.vpc", said.VPC, is.VPC)
	differ("gke.subnet", said.Subnet, is.Subnet)
	differ("gke.private", fmt.Sprint(said.Private), fmt.Sprint(is.Private))
	differ("gke.endpoints.public", said.Endpoints.Public, is.Endpoints.Public)
	differ("gke.endpoints.private", said.Endpoints.Private, is.Endpoints.Private)
	differ("gke.endpoints.dns", said.Endpoints.DNS, is.Endpoints.DNS)
	differ("gke.masterCIDR", said.MasterCIDR, is.MasterCIDR)
	differ("gke.workloadPool", said.WorkloadPool, is.WorkloadPool)
	return fields
}
