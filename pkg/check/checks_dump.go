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
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// dumpCheck is a check of the gcloud dump; it is skipped without one.
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
		Title: "The gcloud output contains the mesh's clusters and the firewall rules of their networks",
		Why: "What is missing from the output cannot be compared. GKE creates rules in every network with a cluster, so a " +
			"network without any was not listed: with a Shared VPC the rules are in the host project.",
		Remedy: "Add the missing output: gcloud container clusters list, and gcloud compute firewall-rules list for the " +
			"project of each network, both with format json.",
	}, func(s subject, plan firewall.Plan) []outcome {
		var found []outcome
		for cluster := range s.Graph.Clusters() {
			if _, known := s.Dump.Known[cluster.Name]; cluster.GKE != nil && !known {
				found = append(found, unknown(fmt.Sprintf("%s is not in %s", cluster.Name, s.Dump.Files),
					"gcloud container clusters list --project="+cluster.GKE.Project+" --format=json")...)
			}
		}
		_, unreachable := audit.Flows(plan, s.Dump.Rules)
		for _, network := range unreachable {
			found = append(found, unknown(fmt.Sprintf("%s has no rule of network %s of project %s", s.Dump.Files, network.Name,
				network.Project),
				"gcloud compute firewall-rules list --project="+network.Project+" --format=json")...)
		}
		return found
	})
}

func flowsPass() Check {
	return dumpCheck(Check{ID: "CHECK035", Severity: mesh.SeverityError,
		Title: "The firewall allows the mesh's traffic",
		Why: "A call that no rule allows times out, which looks like a problem of TLS or of the peer. Among several rules " +
			"the one with the lowest priority number applies; with equal numbers, the one that denies. Egress rules are not " +
			"checked; hierarchical policies are not in the output.",
		Remedy: "Run firewall.sh for the network, first without --yes.",
	}, func(s subject, plan firewall.Plan) []outcome {
		var found []outcome
		missing, _ := audit.Flows(plan, s.Dump.Rules)
		for _, m := range missing {
			flow := fmt.Sprintf("%s from %s to %s in network %s of project %s", m.Allow, abridged(m.Sources), m.Target,
				m.Network, m.Project)
			if m.DeniedBy != "" {
				found = append(found, bad(fmt.Sprintf("%s: rule %s denies it", flow, m.DeniedBy),
					fmt.Sprintf("give rule %s a higher priority, or exclude this traffic from rule %s", m.Rule, m.DeniedBy))...)
				continue
			}
			remedy := fmt.Sprintf("apply %s to network %s, with rule %s", layout.Deployed(layout.Firewall), m.Network, m.Rule)
			if s.Mesh.Spec.Firewall.Renders(v1alpha1.FirewallGcloud) {
				remedy = firewallScript(m.Project, m.Network) + ", which creates rule " + m.Rule
			}
			found = append(found, bad(flow+": no rule allows it", remedy)...)
		}
		return found
	})
}

func rulesNarrow() Check {
	return dumpCheck(Check{ID: "CHECK036", Severity: mesh.SeverityWarning,
		Title: "No firewall rule is wider than the mesh requires",
		Why: "A rule that allows pods of the mesh may allow more: removed clusters, ranges of a whole project, every " +
			"port, or, without a target, every machine of the network. Rules that GKE manages are ignored.",
		Remedy: "Find out who else uses the rule. The rendered script contains only what the mesh requires.",
	}, func(s subject, plan firewall.Plan) []outcome {
		var found []outcome
		for _, wide := range audit.Widths(plan, s.Mesh.Metadata.Name, s.Dump.Rules) {
			found = append(found, bad(fmt.Sprintf("rule %s in network %s of project %s allows more: %s", wide.Rule,
				wide.Network, wide.Project, excess(wide)), narrower(s, wide))...)
		}
		return found
	})
}

// firewallScript returns the command that creates the rules of a network.
func firewallScript(project, network string) string {
	return script(layout.FirewallScript, firewall.Network{Project: project, Name: network}.ID())
}

// script returns the command that runs a rendered script.
func script(name, target string) string {
	return "bash " + layout.Deployed(name) + " " + shell.Name(target)
}

// narrower returns the command that narrows a rule.
func narrower(s subject, wide audit.Wide) string {
	switch {
	case !wide.Ours:
		return "find out who else uses it: gcloud compute firewall-rules describe " + wide.Rule + " --project=" + wide.Project
	case !s.Mesh.Spec.Firewall.Renders(v1alpha1.FirewallGcloud):
		return "apply " + layout.Deployed(layout.Firewall) + " to network " + wide.Network
	}
	return firewallScript(wide.Project, wide.Network) + ", with --prune if the rule is no longer in mesh.yaml"
}

// excess describes what is too wide.
func excess(wide audit.Wide) string {
	var parts []string
	for _, part := range []struct {
		what   string
		values []string
	}{
		{what: "from ", values: wide.Sources},
		{what: "at ", values: wide.Targets},
		{what: "", values: wide.Allow},
		{what: "", values: wide.Paths},
	} {
		if len(part.values) > 0 {
			parts = append(parts, part.what+abridged(part.values))
		}
	}
	if wide.Everywhere {
		parts = append(parts, "at all machines")
	}
	return strings.Join(parts, "; ")
}

func rangesDisjoint() Check {
	return dumpCheck(Check{ID: "CHECK037", Severity: mesh.SeverityError,
		Title: "Ranges of one VPC network do not overlap",
		Why: "An address belongs to one destination. If ranges of pods or control planes overlap, some of them are " +
			"unreachable, and a rule for one cluster also applies to the other. Clusters outside the mesh are included.",
		Remedy: "Use another range for one of the clusters, which requires a new node pool with its own range, or a new " +
			"cluster.",
	}, func(s subject, _ firewall.Plan) []outcome {
		var found []outcome
		for _, overlap := range audit.Overlaps(s.Dump.Clusters) {
			found = append(found, bad(fmt.Sprintf("%s of %s and %s of %s overlap in network %s of project %s", overlap.RangeA,
				overlap.A, overlap.RangeB,
				overlap.B, overlap.Network, overlap.Project), "use another range for one of them")...)
		}
		return found
	})
}

func serversOpen() Check {
	return dumpCheck(Check{ID: "CHECK038", Severity: mesh.SeverityError,
		Title: "The API servers' authorized networks include their consumers",
		Why: "A control plane outside the authorized networks of a cluster, or in another region than a private endpoint " +
			"without global access, cannot connect: its remote secret stays in timeout.",
		Remedy: "Run access.sh for the cluster, first without --yes.",
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
			found = append(found, bad(cluster.Name+": "+strings.Join(parts, ", "),
				script(layout.AccessScript, cluster.Name))...)
		})
		return found
	})
}

func serversNarrow() Check {
	return dumpCheck(Check{ID: "CHECK039", Severity: mesh.SeverityWarning,
		Title: "No authorized network is unnecessary",
		Why: "Authorized networks that belong to no cluster and that mesh.yaml does not list may be stale, from a removed " +
			"cluster: anyone who has that range now can reach the API server.",
		Remedy: "List the required ones in gke.authorizedNetworks of the cluster, and remove the others.",
	}, func(s subject, plan firewall.Plan) []outcome {
		var found []outcome
		needs := accesses(plan)
		s.Dump.eachCluster(s, func(cluster *v1alpha1.Cluster, is *v1alpha1.GKE) {
			if spare := audit.Spare(needs[cluster.Name], is); len(spare) > 0 {
				found = append(found, bad(fmt.Sprintf("%s authorizes %s, which mesh.yaml does not list", cluster.Name,
					abridged(spare)),
					"list them in gke.authorizedNetworks, or: "+script(layout.AccessScript, cluster.Name)+" --prune")...)
			}
		})
		return found
	})
}

func listsShort() Check {
	return dumpCheck(Check{ID: "CHECK040", Severity: mesh.SeverityWarning,
		Title: "No list is near its limit",
		Why: "A cluster has at most 50 authorized networks, or 100 when it is private, and a firewall rule 70 target " +
			"tags. Beyond that Google rejects the change, and the next cluster cannot join. The warning starts at 80 %.",
		Remedy: "Merge adjacent ranges, or use a common node tag.",
	}, func(s subject, plan firewall.Plan) []outcome {
		lists := audit.FullRules(plan, s.Dump.Rules)
		needs := accesses(plan)
		s.Dump.eachCluster(s, func(cluster *v1alpha1.Cluster, is *v1alpha1.GKE) {
			lists = append(lists, audit.FullAccess(needs[cluster.Name], cluster, is)...)
		})
		var found []outcome
		for _, list := range lists {
			found = append(found, bad(fmt.Sprintf("%s has %d %s, of at most %d", list.What, list.Has, list.List, list.Limit),
				"merge ranges, or use a common tag")...)
		}
		return found
	})
}

func factsCurrent() Check {
	return dumpCheck(Check{ID: "CHECK041", Severity: mesh.SeverityWarning,
		Title: "mesh.yaml and the facts match the gcloud output",
		Why: "Rendering uses the recorded values. If a cluster has a new pod range, other node tags or another endpoint, " +
			"the mesh's rules and addresses are outdated.",
		Remedy: "Import the facts again, and render: kubectl mesh import gke FILE",
	}, func(s subject, _ firewall.Plan) []outcome {
		var found []outcome
		s.Dump.eachCluster(s, func(cluster *v1alpha1.Cluster, is *v1alpha1.GKE) {
			pods, _ := s.Dump.Known[cluster.Name].PodRanges()
			if fields := drift(cluster, is, pods); len(fields) > 0 {
				found = append(found, bad(cluster.Name+": differs from the gcloud output: "+strings.Join(fields, ", "),
					"kubectl mesh import gke "+s.Dump.Files)...)
			}
		})
		return found
	})
}

// drift lists the fields that both sides specify differently. An unspecified field may be unknown to that side.
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
