package render

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"text/template"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/templates"
)

// hcl prints itself as a quoted HCL string (https://developer.hashicorp.com/terraform/language/expressions/strings).
type hcl string

func (h hcl) String() string {
	text := strconv.Quote(strings.ToValidUTF8(string(h), "\uFFFD"))
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(text)
}

// terraformRule is a google_compute_firewall.
type terraformRule struct {
	Reasons                                    []remark
	Label, Project, Name, Network, Description hcl
	Priority                                   int
	Sources, Targets                           []hcl
	Allow                                      []terraformAllow
}

type terraformAllow struct {
	Protocol hcl
	Ports    []hcl
}

// terraformFiles are the rules for Terraform, one file per VPC network. All files form one module.
func (in Input) terraformFiles(plan firewall.Plan) ([]layout.File, error) {
	if !in.Mesh.Spec.Firewall.Renders(v1alpha1.FirewallTerraform) {
		return nil, nil
	}
	page, err := template.ParseFS(templates.FS, "firewall.tf.tmpl")
	if err != nil {
		return nil, fmt.Errorf("parse template: %w", err)
	}
	var files []layout.File
	for _, network := range plan.Networks {
		var rules []terraformRule
		for _, rule := range network.Rules {
			rules = append(rules, terraformOf(network, rule))
		}
		if rules == nil {
			continue
		}
		var text bytes.Buffer
		if err := page.Execute(&text, rules); err != nil {
			return nil, fmt.Errorf("write rules for terraform: %w", err)
		}
		files = append(files, layout.File{Path: layout.TerraformRules(network.Project, network.Name), Content: text.Bytes()})
	}
	return files, nil
}

// A Terraform label starts with a letter, like rule names, and contains no dots.
func terraformOf(network firewall.Network, rule firewall.Rule) terraformRule {
	t := terraformRule{
		Label:       hcl(rule.Name + "_" + strings.NewReplacer(":", "_", ".", "_").Replace(network.Project)),
		Project:     hcl(network.Project),
		Name:        hcl(rule.Name),
		Network:     hcl("projects/" + network.Project + "/global/networks/" + network.Name),
		Description: hcl(rule.Description),
		Priority:    rule.Priority,
	}
	for _, reason := range rule.Reasons {
		t.Reasons = append(t.Reasons, remark(reason))
	}
	for _, source := range rule.Sources {
		t.Sources = append(t.Sources, hcl(source.String()))
	}
	for _, target := range rule.Targets {
		t.Targets = append(t.Targets, hcl(target))
	}
	for _, allow := range rule.Allow {
		a := terraformAllow{Protocol: hcl(allow.Protocol)}
		for _, ports := range portTexts(allow) {
			a.Ports = append(a.Ports, hcl(ports))
		}
		t.Allow = append(t.Allow, a)
	}
	return t
}
