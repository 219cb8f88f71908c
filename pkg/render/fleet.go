package render

import (
	corev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/pruneguard"
)

// fleet tells Google's managed control plane whether to discover the clusters of its fleet.
func (c compiler) fleet() []Manifest {
	if c.Mesh.Spec.Discovery != v1alpha1.DiscoveryFleet {
		return nil
	}
	options := corev1.ConfigMap(access.FleetOptions, c.cluster.Istio.Namespace).WithLabels(c.labels).
		WithAnnotations(pruneguard.Annotations()).
		WithData(map[string]string{"multicluster_mode": string(c.cluster.Istio.MulticlusterMode)})
	return []Manifest{{File: access.FleetOptions + ".yaml", Objects: []Object{options},
		Comment: "Sets one key of a ConfigMap that may have others. Apply it; never replace or delete the ConfigMap."}}
}
