package rules

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

func inadmissible() Rule {
	return Rule{
		ID:       "MESH044",
		Severity: mesh.SeverityError,
		Title:    "An API server cannot have the admission policy",
		Why: "spec.admissionPolicy renders a ValidatingAdmissionPolicy, which requires Kubernetes " +
			since(upstream.AdmissionPolicies) + " or later. It rejects every remote secret that is not rendered. With " +
			"discovery peering or fleet there are none: the policy would have nothing to admit, and would block Google's " +
			"control plane, which creates remote secrets of its own.",
		Remedy: "Upgrade the cluster, or omit spec.admissionPolicy.",
		find: func(in Input) []finding {
			if !in.Mesh.Spec.AdmissionPolicy {
				return nil
			}
			if discovery := in.Mesh.Spec.Discovery; discovery != v1alpha1.DiscoveryRemoteSecret {
				return []finding{{
					field:   "spec.admissionPolicy",
					message: fmt.Sprintf("with discovery %s there are no remote secrets to admit", discovery),
					hint:    "omit spec.admissionPolicy",
				}}
			}
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if cluster.ControlPlane == cluster.Name && !cluster.KubernetesRelease().Has(upstream.AdmissionPolicies) {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "kubernetesVersion"),
						message: fmt.Sprintf("Kubernetes %s in %s has no ValidatingAdmissionPolicy, which requires %s or later",
							cluster.KubernetesVersion, cluster.Name, since(upstream.AdmissionPolicies)),
						hint: "upgrade it, or omit spec.admissionPolicy"})
				}
			}
			return found
		},
	}
}
