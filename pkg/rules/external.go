package rules

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
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
						message: fmt.Sprintf("%s serves %s and has no link: it is rendered as a primary, not as an external control plane", cluster.Name, listNames(served)),
						hint:    "keep the configuration of the mesh in " + cluster.Name + ", and waive the finding"})
				}
			}
			return found
		},
	}
}

func unreadSecrets() Rule {
	return Rule{
		ID: "MESH090", Severity: mesh.SeverityWarning,
		Title: "A managed control plane may read no remote secrets",
		Why: "Of Google's managed control planes only the implementation ISTIOD reads remote secrets. It is deprecated, and new fleets get " +
			"TRAFFIC_DIRECTOR, which finds the clusters of its fleet by itself and no others: calls to a cluster that only a remote secret names " +
			"fail (https://docs.cloud.google.com/service-mesh/docs/supported-features-managed).",
		Remedy: "Write discovery: fleet where all clusters are in one fleet. Else see which implementation runs: gcloud container fleet mesh describe; " +
			"for ISTIOD waive the finding, for clusters outside of the fleet install a control plane in the cluster (istio.managed: false).",
		find: func(in Input) []finding {
			if in.Mesh.Spec.Discovery != v1alpha1.DiscoveryRemoteSecret {
				return nil
			}
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if *cluster.Istio.Managed && some(in.Graph.ReadBy(cluster.Name)) {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "istio.managed"),
						message: fmt.Sprintf("the managed control plane of %s gets remote secrets, which TRAFFIC_DIRECTOR does not read", cluster.Name),
						hint:    "write discovery: fleet; or waive the finding if gcloud container fleet mesh describe says ISTIOD"})
				}
			}
			return found
		},
	}
}
