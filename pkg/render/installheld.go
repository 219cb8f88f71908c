package render

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/helm"
)

// rootPart creates the root of a mesh without one: an istiod that starts without certificates creates its own root,
// which no other cluster trusts.
func (in Input) rootPart() part {
	ca := in.Mesh.Spec.Trust.CA
	if len(in.Bundles) > 0 || !access.NeedsRoot(in.Mesh, in.Graph) {
		return part{}
	}
	var commands []string
	if in.Root == nil {
		commands = append(commands, "kubectl mesh ca init")
	}
	text := "The clusters share no root of trust yet: every call between two of them would fail in mutual TLS. Create " +
		"one, or\n" +
		"import your own with `kubectl mesh ca import`, before an istiod starts. Then render the tree again:"
	if ca.Keys == v1alpha1.CAKeysWorkspace {
		commands = append(commands, "kubectl mesh ca issue --all")
	} else {
		for cluster := range in.Graph.Clusters() {
			if newCompiler(in, cluster).noCertificates() != nil {
				commands = append(commands,
					"kubectl mesh ca request --cluster "+cluster.Name,
					"kubectl mesh ca sign --cluster "+cluster.Name)
			}
		}
	}
	return part{Title: "Root of trust", Steps: []step{{Text: text, Commands: append(commands, renderTree)}}}
}

// heldPart lists what the tree does not contain yet, by missing input.
func heldPart(held []Held) part {
	p := part{Title: "Not rendered yet"}
	for group := range grouped(held) {
		if group[0].Why == noRoot {
			continue // listed in the previous part
		}
		files := abridged(group, func(h Held) string { return "`" + h.Path() + "`" })
		p.Steps = append(p.Steps, step{Text: fmt.Sprintf("- %s: %s. Next: %s.", files, group[0].Why, group[0].Next)})
	}
	return p
}

// heldChart replaces the command that installs a chart.
func heldChart(chart helm.Chart) step {
	missing := noAddress(chart.Entrance)
	return step{Text: fmt.Sprintf("Chart %s cannot be installed yet: %s. Next: %s. Then render the tree again and\n"+
		"continue with the new INSTALL.md.",
		chart.Name, missing.Why, missing.Next)}
}
