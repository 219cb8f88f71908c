package render

import (
	corev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/pruneguard"
)

// labelNetwork on the namespace of Istio is the network of every endpoint of the cluster that
// says no other (istio pilot/pkg/serviceregistry/kube/controller/network.go). Helm does not
// write it.
const labelNetwork = "topology.istio.io/network"

// guardedNamespace stays when GitOps no longer has it: all that is in a namespace goes with it.
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
