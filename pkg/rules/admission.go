package rules

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

func inadmissible() Rule {
	return Rule{
		ID: "MESH044", Severity: mesh.SeverityError,
		Title: "An API server cannot have the admission policy",
		Why: "The policy of spec.admissionPolicy is a ValidatingAdmissionPolicy, which Kubernetes has from " + since(upstream.AdmissionPolicies) + " on. It refuses every remote " +
			"secret but those that are rendered. With discovery peering or fleet none is: the policy would have nothing to admit, and " +
			"would stop Google's control plane, which writes remote secrets of its own.",
		Remedy: "Upgrade the cluster, or leave spec.admissionPolicy out.",
		find: func(in Input) []finding {
			if !in.Mesh.Spec.AdmissionPolicy {
				return nil
			}
			if discovery := in.Mesh.Spec.Discovery; discovery != v1alpha1.DiscoveryRemoteSecret {
				return []finding{{field: "spec.admissionPolicy", message: fmt.Sprintf("with discovery %s there are no remote secrets to admit", discovery),
					hint: "leave spec.admissionPolicy out"}}
			}
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if cluster.ControlPlane == cluster.Name && !cluster.KubernetesRelease().Has(upstream.AdmissionPolicies) {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "kubernetesVersion"),
						message: fmt.Sprintf("Kubernetes %s of %s has no ValidatingAdmissionPolicy, which begins with %s",
							cluster.KubernetesVersion, cluster.Name, since(upstream.AdmissionPolicies)),
						hint: "upgrade it, or leave spec.admissionPolicy out"})
				}
			}
			return found
		},
	}
}
