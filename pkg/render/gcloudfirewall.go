package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// networkWords are the rules of one VPC network.
type networkWords struct {
	ID, Project, Name shell.Word
	Remarks           []remark
	// Missing are facts without which rules cannot be rendered: the script prints them, and exits 3.
	Missing []shell.Word
	Rules   []ruleWords
}

// ruleWords is a firewall rule.
type ruleWords struct {
	Name, Description, Priority shell.Word
	Allow, Sources, Targets     []shell.Word
	Reasons                     []remark
}

// scriptNetworks are the networks that firewall.sh opens.
func (in Input) scriptNetworks(plan firewall.Plan) []networkWords {
	if !in.Mesh.Spec.Firewall.Renders(v1alpha1.FirewallGcloud) {
		return nil
	}
	var networks []networkWords
	for _, network := range plan.Networks {
		networks = append(networks, networkWordsOf(network, plan.Gaps))
	}
	return networks
}

// networkWordsOf reverses the order of the rules. The rule named after the network is narrowed when links are removed,
// so the rules that replace it come first.
func networkWordsOf(network firewall.Network, gaps []firewall.Gap) networkWords {
	w := networkWords{
		ID:      shell.Word(network.ID()),
		Project: shell.Word(network.Project),
		Name:    shell.Word(network.Name),
		Remarks: []remark{remark("Clusters: " + strings.Join(network.Clusters, ", ") + ".")},
	}
	for _, note := range network.Notes {
		w.Remarks = append(w.Remarks, remark("No rule: "+note+"."))
	}
	for _, why := range missingFacts(network, gaps) {
		w.Missing = append(w.Missing, shell.Word(why))
	}
	for _, rule := range slices.Backward(network.Rules) {
		w.Rules = append(w.Rules, wordsOf(rule))
	}
	return w
}

// missingFacts are sentences about facts without which a rule of the network cannot be rendered.
func missingFacts(network firewall.Network, gaps []firewall.Gap) []string {
	var missing []string
	for _, gap := range gaps {
		here := slices.Contains(network.Clusters, gap.Cluster)
		switch gap.Kind {
		case firewall.GapNodeTags:
			if here {
				missing = append(missing, fmt.Sprintf("no rule can target the nodes of %s: gke.nodeTags is unknown", gap.Cluster))
			}
		case firewall.GapMasterCIDR:
			if here {
				missing = append(missing, fmt.Sprintf("no rule can allow the control plane of %s to call the injection webhook: "+
					"gke.masterCIDR is unknown", gap.Cluster))
			}
		case firewall.GapPodCIDRs:
			elsewhere := func(name string) bool { return !slices.Contains(network.Clusters, name) }
			called := slices.DeleteFunc(slices.Clone(gap.For), elsewhere)
			if len(called) > 0 {
				missing = append(missing, fmt.Sprintf("no rule can allow the pods of %s, which call %s: podCIDRs is unknown",
					gap.Cluster, strings.Join(called, ", ")))
			}
		case firewall.GapEgress, firewall.GapApplicationPorts: // of API servers, or there is a rule
		}
	}
	return missing
}

func wordsOf(rule firewall.Rule) ruleWords {
	w := ruleWords{
		Name:        shell.Word(rule.Name),
		Description: shell.Word(rule.Description),
		Priority:    shell.Word(fmt.Sprint(rule.Priority)),
		Sources:     words(rule.Sources),
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
	if rule.Kind == firewall.KindWebhook {
		w.Reasons = append(w.Reasons, "GKE's own rule allows only ports 443 and 10250, and must not be changed")
	}
	return w
}
