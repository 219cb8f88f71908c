package render

import (
	corev1 "k8s.io/client-go/applyconfigurations/core/v1"
)

// labelNetwork on the namespace of Istio is the network of every endpoint of the cluster that
// says no other (istio pilot/pkg/serviceregistry/kube/controller/network.go). Helm does not
// write it.
const labelNetwork = "topology.istio.io/network"

func (c compiler) namespace() (Manifest, error) {
	namespace := corev1.Namespace(c.cluster.Istio.Namespace).WithLabels(c.labels)
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
