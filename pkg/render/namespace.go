package render

import (
	corev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/pruneguard"
)

// labelNetwork on Istio's namespace is the network of all the cluster's endpoints without one of their own (istio
// pilot/pkg/serviceregistry/kube/controller/network.go). Helm does not set it.
const labelNetwork = "topology.istio.io/network"

// guardedNamespace is not pruned by GitOps, because everything in a namespace is deleted with it.
func guardedNamespace(name string, labels map[string]string) *corev1.NamespaceApplyConfiguration {
	return corev1.Namespace(name).WithLabels(labels).WithAnnotations(pruneguard.Annotations())
}

func (c compiler) namespace() (Manifest, error) {
	namespace := guardedNamespace(c.cluster.Istio.Namespace, c.labels)
	if c.cluster.Network != "" {
		namespace.WithLabels(map[string]string{labelNetwork: c.cluster.Network})
	}
	if primary, known := c.Graph.Cluster(c.cluster.ControlPlane); known && primary.Name != c.cluster.Name {
		namespace.WithAnnotations(map[string]string{annotationControlPlane: primary.ID()})
	}
	certificates, err := c.trustAnnotations()
	if len(certificates) > 0 {
		namespace.WithAnnotations(certificates)
	}
	return Manifest{File: "namespace.yaml", Objects: append([]Object{namespace}, c.moreNamespaces()...)}, err
}
