package rules

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func inadmissible() Rule {
	return Rule{
		ID: "MESH044", Severity: mesh.SeverityError,
		Title: "An API server cannot have the admission policy",
		Why: "The policy of spec.admissionPolicy is a ValidatingAdmissionPolicy, which Kubernetes has from 1.30 on. It refuses every remote " +
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
				version := strings.TrimPrefix(cluster.KubernetesVersion, "v")
				if cluster.ControlPlane == cluster.Name && version != "" && !(v1alpha1.Istio{Version: version}).AtLeast("1.30.0") {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "kubernetesVersion"),
						message: fmt.Sprintf("Kubernetes %s of %s has no ValidatingAdmissionPolicy, which begins with 1.30", cluster.KubernetesVersion, cluster.Name),
						hint:    "upgrade it, or leave spec.admissionPolicy out"})
				}
			}
			return found
		},
	}
}
