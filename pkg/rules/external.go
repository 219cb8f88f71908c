package rules

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

func lonelyPlane() Rule {
	return Rule{
		ID: "MESH088", Severity: mesh.SeverityWarning,
		Title: "A control plane serves other clusters only",
		Why: "A primary without any link looks like an external control plane, whose istiod reads its configuration from one of the remotes. That " +
			"is not rendered: the cluster is a primary, whose istiod reads the configuration of its own cluster first, and its remotes get " +
			"the profile remote (istio.io, deployment models, primary-remote).",
		Remedy: "Keep the configuration of the mesh in the primary, and waive the finding. For an external control plane follow Istio's own " +
			"guide, and leave the cluster out of mesh.yaml.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if !in.Graph.Isolated(cluster.Name) {
					continue
				}
				var served []string
				for remote := range in.Graph.Served(cluster.Name) {
					served = append(served, remote.Name)
				}
				if len(served) > 0 {
					found = append(found, finding{clusters: []string{cluster.Name}, field: fmt.Sprintf("spec.clusters[%d]", i),
						message: fmt.Sprintf("%s serves %s and has no link: it is rendered as a primary, not as an external control plane", cluster.Name, few(served)),
						hint:    "keep the configuration of the mesh in " + cluster.Name + ", and waive the finding"})
				}
			}
			return found
		},
	}
}
