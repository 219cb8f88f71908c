package rules

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

func overriddenFacts() Rule {
	return Rule{
		ID:       "MESH028",
		Title:    "A cluster differs from a setting for all clusters",
		Severity: mesh.SeverityWarning,
		Why: "Settings in mesh.yaml for all clusters take precedence over facts. But kubectl mesh collect has found " +
			"another value in this cluster, so the rendered objects do not match it.",
		Remedy: "Set the value of this cluster in mesh.yaml; or change the cluster, and collect again.",
		find: func(in Input) []finding {
			var found []finding
			for _, fact := range in.Overrides {
				found = append(found, finding{
					clusters: []string{fact.Cluster},
					file:     layout.Facts(fact.Cluster),
					field:    "spec." + fact.Field,
					message: fmt.Sprintf("it is %q here, but mesh.yaml sets %q for all clusters",
						fmt.Sprint(fact.Reported), fmt.Sprint(fact.Declared)),
					hint: fmt.Sprintf("set %s of %s in mesh.yaml, or change the cluster and collect again", fact.Field, fact.Cluster),
				})
			}
			return found
		},
	}
}
