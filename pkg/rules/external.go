package rules

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func lonelyPlane() Rule {
	return Rule{
		ID: "MESH088", Severity: mesh.SeverityWarning,
		Title: "A primary without links serves other clusters",
		Why: "A primary without any link looks like an external control plane, whose istiod reads its configuration from " +
			"a remote cluster. That is not supported: the cluster is rendered as a primary, whose istiod reads its own " +
			"cluster's configuration first, and its remotes get profile remote (istio.io, deployment models, primary-remote).",
		Remedy: "Keep the mesh configuration in the primary, and waive the finding. For an external control plane follow " +
			"Istio's guide, and omit the cluster from mesh.yaml.",
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
						message: fmt.Sprintf("%s serves %s and has no link: it is rendered as a primary, not as an external control "+
							"plane", cluster.Name, listNames(served)),
						hint: "keep the mesh configuration in " + cluster.Name + ", and waive the finding"})
				}
			}
			return found
		},
	}
}

func unreadSecrets() Rule {
	return Rule{
		ID: "MESH090", Severity: mesh.SeverityWarning,
		Title: "A managed control plane may not read remote secrets",
		Why: "Among Google's managed control planes only implementation ISTIOD reads remote secrets. It is deprecated, " +
			"and new fleets get TRAFFIC_DIRECTOR, which discovers only the clusters of its fleet: calls to a cluster that " +
			"only a remote secret names fail (https://docs.cloud.google.com/service-mesh/docs/supported-features-managed).",
		Remedy: "Set discovery: fleet if all clusters are in one fleet. Otherwise find out which implementation runs: " +
			"gcloud container fleet mesh describe; for ISTIOD waive the finding; for clusters outside the fleet install an " +
			"in-cluster control plane (istio.managed: false).",
		find: func(in Input) []finding {
			if in.Mesh.Spec.Discovery != v1alpha1.DiscoveryRemoteSecret {
				return nil
			}
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if *cluster.Istio.Managed && isNotEmpty(in.Graph.Targets(cluster.Name)) {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "istio.managed"),
						message: fmt.Sprintf("the managed control plane of %s gets remote secrets, which TRAFFIC_DIRECTOR does not "+
							"read", cluster.Name),
						hint: "set discovery: fleet; or waive the finding if gcloud container fleet mesh describe says ISTIOD"})
				}
			}
			return found
		},
	}
}
