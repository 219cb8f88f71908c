package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// firewallScript makes the rules of one VPC network, or the one of a cluster's webhook.
type firewallScript struct {
	script
	Project, Network, Mark shell.Word
	Rules                  []ruleWords
	// Missing are the facts for want of which there is no rule: the script says so, and exits 3.
	Missing []shell.Word
}

// ruleWords is a rule of a script.
type ruleWords struct {
	Name, Priority          shell.Word
	Allow, Sources, Targets []shell.Word
	Reasons                 []remark
}

// firewallFiles are the scripts that open VPC networks.
func (in Input) firewallFiles(plan firewall.Plan) ([]layout.File, error) {
	if !in.Mesh.Spec.Firewall.Renders(v1alpha1.FirewallGcloud) {
		return nil, nil
	}
	var files []layout.File
	for _, network := range plan.Networks {
		scripts := []firewallScript{in.networkScript(network, plan.Gaps)}
		for _, rule := range network.Rules {
			if rule.Kind == firewall.KindWebhook {
				scripts = append(scripts, in.webhookScript(network, rule.Cluster))
			}
		}
		for _, s := range scripts {
			file, err := scriptFile(layout.InTree(string(s.File)), "firewall", s)
			if err != nil {
				return nil, err
			}
			files = append(files, file)
		}
	}
	return files, nil
}

func (in Input) networkScript(network firewall.Network, gaps []firewall.Gap) firewallScript {
	remarks := []string{
		fmt.Sprintf("Firewall rules of mesh %s in VPC network %s of project %s. Clusters: %s.",
			in.Mesh.Metadata.Name, network.Name, network.Project, strings.Join(network.Clusters, ", ")),
		"GKE allows a cluster's own pods. Pods of other clusters require a rule, even in the same subnet.",
	}
	for _, note := range network.Notes {
		remarks = append(remarks, "No rule: "+note+".")
	}
	missing := missingFacts(network, gaps)
	for _, why := range missing {
		remarks = append(remarks, "INCOMPLETE: "+why+".")
	}
	s := in.rulesScript(network, layout.FirewallScript(network.Project, network.Name), "", remarks)
	for _, why := range missing {
		s.Missing = append(s.Missing, shell.Word("INCOMPLETE: "+why))
	}
	s.Prune = "remove rules of this mesh in this network that are no longer in mesh.yaml"
	return s
}

// missingFacts are those for want of which a network has no rule that it needs.
func missingFacts(network firewall.Network, gaps []firewall.Gap) []string {
	var missing []string
	for _, gap := range gaps {
		switch gap.Kind {
		case firewall.GapNodeTags:
			if slices.Contains(network.Clusters, gap.Cluster) {
				missing = append(missing, fmt.Sprintf("no rule can target the nodes of %s: gke.nodeTags is unknown", gap.Cluster))
			}
		case firewall.GapPodCIDRs:
			elsewhere := func(name string) bool { return !slices.Contains(network.Clusters, name) }
			called := slices.DeleteFunc(slices.Clone(gap.For), elsewhere)
			if len(called) > 0 {
				missing = append(missing, fmt.Sprintf("no rule can allow the pods of %s, which call %s: podCIDRs is unknown",
					gap.Cluster, strings.Join(called, ", ")))
			}
		case firewall.GapMasterCIDR, firewall.GapEgress, firewall.GapApplicationPorts: // of other scripts, or there is a rule
		}
	}
	return missing
}

// webhookScript is a script of its own: it goes with one cluster.
func (in Input) webhookScript(network firewall.Network, cluster string) firewallScript {
	s := in.rulesScript(network, layout.WebhookScript(cluster), cluster, []string{
		fmt.Sprintf("Allows the control plane of private cluster %s to call istiod's injection webhook.", cluster),
		"GKE's own rule allows only ports 443 and 10250, and must not be changed.",
	})
	s.Prune = "remove rules for this webhook that are no longer in mesh.yaml"
	return s
}

// rulesScript takes the rules of one webhook, or all others. The rule that is named after the
// network comes last: when links go it is narrowed, and what takes its place is there by then.
func (in Input) rulesScript(network firewall.Network, file, cluster string, remarks []string) firewallScript {
	kind := firewall.KindPods
	if cluster != "" {
		kind = firewall.KindWebhook
	}
	s := firewallScript{
		script:  newScript(file, remarks...),
		Project: shell.Word(network.Project),
		Network: shell.Word(network.Name),
		Mark:    shell.Word(firewall.Mark(in.Mesh.Metadata.Name, kind, cluster)),
	}
	for _, rule := range slices.Backward(network.Rules) {
		if rule.Cluster == cluster {
			s.Rules = append(s.Rules, wordsOf(rule))
		}
	}
	return s
}

func wordsOf(rule firewall.Rule) ruleWords {
	w := ruleWords{
		Name:     shell.Word(rule.Name),
		Priority: shell.Word(fmt.Sprint(rule.Priority)),
		Sources:  words(rule.Sources),
	}
	for _, allow := range rule.Allow {
		for word := range strings.SplitSeq(allow.String(), ",") {
			w.Allow = append(w.Allow, shell.Word(word))
		}
	}
	for _, target := range rule.Targets {
		w.Targets = append(w.Targets, shell.Word(target))
	}
	for _, reason := range rule.Reasons {
		w.Reasons = append(w.Reasons, remark(reason))
	}
	return w
}
