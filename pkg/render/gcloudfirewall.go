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
		scripts := []firewallScript{in.networkScript(network)}
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

func (in Input) networkScript(network firewall.Network) firewallScript {
	remarks := []string{
		fmt.Sprintf("What mesh %s needs of VPC network %s in project %s. Clusters there: %s.",
			in.Mesh.Metadata.Name, network.Name, network.Project, strings.Join(network.Clusters, ", ")),
		"GKE itself lets in a cluster's own pods. Those of other clusters need a rule, in one subnet as in several.",
	}
	for _, note := range network.Notes {
		remarks = append(remarks, "No rule: "+note+".")
	}
	s := in.rulesScript(network, layout.FirewallScript(network.Project, network.Name), "", remarks)
	s.Prune = "remove rules of this mesh in this network that mesh.yaml has no more"
	return s
}

// webhookScript is a script of its own: it goes with one cluster.
func (in Input) webhookScript(network firewall.Network, cluster string) firewallScript {
	s := in.rulesScript(network, layout.WebhookScript(cluster), cluster, []string{
		fmt.Sprintf("Lets the control plane of private cluster %s call the injection webhook of istiod in it.", cluster),
		"GKE's own rule opens ports 443 and 10250 only, and is not to be changed.",
	})
	s.Prune = "remove rules for this webhook that mesh.yaml has no more"
	return s
}

// rulesScript takes the rules of one webhook, or all others. The rule that is named after the
// network comes last: when links go it is narrowed, and what takes its place is there by then.
func (in Input) rulesScript(network firewall.Network, file, cluster string, remarks []string) firewallScript {
	kind := firewall.KindPods
	if cluster != "" {
		kind = firewall.KindWebhook
	}
	s := firewallScript{script: newScript(file, remarks...), Project: shell.Word(network.Project), Network: shell.Word(network.Name),
		Mark: shell.Word(firewall.Mark(in.Mesh.Metadata.Name, kind, cluster))}
	for _, rule := range slices.Backward(network.Rules) {
		if rule.Cluster == cluster {
			s.Rules = append(s.Rules, wordsOf(rule))
		}
	}
	return s
}

func wordsOf(rule firewall.Rule) ruleWords {
	w := ruleWords{Name: shell.Word(rule.Name), Priority: shell.Word(fmt.Sprint(rule.Priority)), Sources: words(rule.Sources)}
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
