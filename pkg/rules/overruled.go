package rules

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

func overruledFacts() Rule {
	return Rule{
		ID: "MESH028", Title: "A cluster is not what mesh.yaml says of all", Severity: mesh.SeverityWarning,
		Why: "What mesh.yaml says for all clusters counts, and facts do not change it. But kubectl mesh collect has found something else in " +
			"this cluster, and it is rendered for what it is not.",
		Remedy: "Say in mesh.yaml what differs in that cluster; or change the cluster, and collect again.",
		find: func(in Input) []finding {
			var found []finding
			for _, fact := range in.Overruled {
				found = append(found, finding{clusters: []string{fact.Cluster}, file: layout.Facts(fact.Cluster), field: "spec." + fact.Field,
					message: fmt.Sprintf("it is %q here, but mesh.yaml says %q for all clusters", fmt.Sprint(fact.Fact), fmt.Sprint(fact.Said)),
					hint:    fmt.Sprintf("write %s of %s into mesh.yaml, or change the cluster and collect again", fact.Field, fact.Cluster)})
			}
			return found
		},
	}
}
