package render

import (
	"strings"

	metav1 "k8s.io/client-go/applyconfigurations/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// The fields of compute.cnrm.cloud.google.com/v1beta1 ComputeFirewall that a rule needs
// (https://cloud.google.com/config-connector/docs/reference/resource-docs/compute/computefirewall).

type computeFirewall struct {
	customObject `json:",inline"`
	Spec         computeFirewallSpec `json:"spec"`
}

type computeFirewallSpec struct {
	Allow        []computeAllow   `json:"allow"`
	Description  string           `json:"description"`
	Direction    string           `json:"direction"`
	Disabled     bool             `json:"disabled"`
	NetworkRef   computeReference `json:"networkRef"`
	Priority     int              `json:"priority"`
	ResourceID   string           `json:"resourceID"`
	SourceRanges []string         `json:"sourceRanges"`
	TargetTags   []string         `json:"targetTags"`
}

type computeAllow struct {
	Ports    []string `json:"ports,omitempty"`
	Protocol string   `json:"protocol"`
}

type computeReference struct {
	External string `json:"external"`
}

// connectorFiles are the rules as Config Connector objects, one file per VPC network.
func (in Input) connectorFiles(plan firewall.Plan) ([]layout.File, error) {
	if !in.Mesh.Spec.Firewall.Renders(v1alpha1.FirewallConfigConnector) {
		return nil, nil
	}
	var files []layout.File
	for _, network := range plan.Networks {
		if len(network.Rules) == 0 {
			continue
		}
		m := Manifest{Comment: "For Config Connector: apply it in a namespace that it watches."}
		for _, rule := range network.Rules {
			m.Objects = append(m.Objects, in.computeFirewall(network, rule))
		}
		text, err := m.text()
		if err != nil {
			return nil, err
		}
		files = append(files, layout.File{Path: layout.ConnectorRules(network.Project, network.Name), Content: text})
	}
	return files, nil
}

// Rule names are unique in a project, object names in a namespace.
func (in Input) computeFirewall(network firewall.Network, rule firewall.Rule) *computeFirewall {
	object := &computeFirewall{Spec: computeFirewallSpec{
		Description: rule.Description,
		Direction:   "INGRESS",
		Priority:    rule.Priority,
		ResourceID:  rule.Name,
		TargetTags:  rule.Targets,
		NetworkRef: computeReference{
			External: upstream.GoogleComputeAPI + "projects/" + network.Project + "/global/networks/" + network.Name,
		},
	}}
	object.customObject = newCustomObject("compute.cnrm.cloud.google.com/v1beta1", "ComputeFirewall", "", "", nil)
	object.ObjectMetaApplyConfiguration = metav1.ObjectMeta().
		WithName(rule.Name + "." + strings.ReplaceAll(network.Project, ":", ".")).
		WithLabels(access.Labels(in.Mesh.Metadata.Name)).
		WithAnnotations(map[string]string{"cnrm.cloud.google.com/project-id": network.Project})
	for _, source := range rule.Sources {
		object.Spec.SourceRanges = append(object.Spec.SourceRanges, source.String())
	}
	for _, allow := range rule.Allow {
		object.Spec.Allow = append(object.Spec.Allow, computeAllow{Protocol: allow.Protocol, Ports: portTexts(allow)})
	}
	return object
}

func portTexts(allow firewall.Allow) []string {
	var texts []string
	for _, ports := range allow.Ports {
		texts = append(texts, ports.String())
	}
	return texts
}
