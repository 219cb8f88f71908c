package render

import (
	"maps"
	"slices"

	metav1 "k8s.io/client-go/applyconfigurations/meta/v1"
	gatewayapi "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/applyconfiguration/apis/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// eastWest renders the entry point for traffic from other clusters, if they need one.
func (c compiler) eastWest() []Manifest {
	exposure := c.Graph.Exposure(c.cluster.Name)
	shape := shapeOf(c.cluster, c.Mesh.Spec.Discovery)
	if !exposure.Any() || shape.class == "" {
		return nil
	}
	own := c.cluster.EastWest()
	spec := gatewayv1.GatewaySpec().WithGatewayClassName(shape.class).WithListeners(c.ownListeners(shape)...)
	gateway := gatewayv1.Gateway(shape.name, own.Namespace).WithLabels(c.labels).
		WithLabels(c.ownLabels()).WithSpec(spec)
	if annotations := c.ownAnnotations(own); len(annotations) > 0 {
		gateway.WithAnnotations(annotations)
	}
	annotate(gateway, serviceAnnotations(own, shape))
	objects := append([]Object{gateway}, c.istiodRoutes(exposure, shape, own.Namespace)...)
	if own.AddressesOnly && exposure.Workloads && shape.class != classPeering {
		objects = append(objects, c.hide(gateway, shape))
	}
	return []Manifest{{File: "eastwest-gateway.yaml", Comment: shape.comment, Objects: objects}}
}

// Gateway contains the fields of a cluster's Gateway that matter to its peers.
type Gateway struct {
	Namespace, Name, Network, Revision string
	Listeners                          []*gatewayv1.ListenerApplyConfiguration
}

// Gateway returns the Gateway in the overlay of a cluster, if there is one.
func (in Input) Gateway(cluster *v1alpha1.Cluster) (Gateway, bool) {
	c := newCompiler(in, cluster)
	shape := shapeOf(cluster, in.Mesh.Spec.Discovery)
	if !in.Graph.Exposure(cluster.Name).Any() || shape.class == "" {
		return Gateway{}, false
	}
	labels := c.ownLabels()
	return Gateway{Namespace: cluster.EastWest().Namespace, Name: shape.name, Network: labels[labelNetwork],
		Revision: labels[labelRevision], Listeners: c.ownListeners(shape)}, true
}

// ownLabels identify the gateway's network and cluster. Without the network label a gateway belongs to no network; one
// that exposes only istiod must not have it.
func (c compiler) ownLabels() map[string]string {
	labels := map[string]string{}
	exposure := c.Graph.Exposure(c.cluster.Name)
	if c.cluster.Network != "" && (exposure.Workloads || exposure.Peers) {
		labels[labelNetwork] = c.cluster.Network
	}
	if c.cluster.Istio.Revision != "" {
		labels[labelRevision] = c.cluster.Istio.Revision
	}
	if exposure.Peers {
		labels[labelExposeIstiod] = "15012"
		if c.cluster.Istio.Release().Has(upstream.PeeringNodePorts) {
			labels[labelCluster] = c.cluster.ID()
		}
	}
	return labels
}

// ownAnnotations describe to Solo's or Istio's controller how the gateway is reached (istio
// pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go).
func (c compiler) ownAnnotations(own v1alpha1.Gateway) map[string]string {
	switch {
	case c.Graph.Exposure(c.cluster.Name).Peers:
		if c.cluster.Istio.Release().Has(upstream.PeeringNodePorts) {
			return map[string]string{annotationDataPlaneType: dataPlaneType(own)}
		}
	case own.Service != v1alpha1.ServiceLoadBalancer:
		return map[string]string{annotationServiceType: string(own.Service)}
	}
	return nil
}

// serviceAnnotations are those of the generated Service. istiod uses node addresses only with a node selector; an empty
// one selects all nodes (istio pilot/pkg/serviceregistry/kube/controller/network.go).
func serviceAnnotations(own v1alpha1.Gateway, shape gatewayShape) map[string]string {
	annotations := map[string]string{}
	if own.Service == v1alpha1.ServiceNodePort && shape.class == classSidecar && !own.AddressesOnly {
		annotations[annotationNodeSelector] = "{}"
	}
	maps.Copy(annotations, own.Annotations)
	return annotations
}

// annotate sets the Service's annotations in the Gateway's infrastructure field: every release accepts eight of up to
// 4096 bytes each, and the newest 16. If there are more, it sets them on the Gateway, from which Istio copies them to
// the Service if infrastructure has none (istio pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go).
func annotate(gateway *gatewayv1.GatewayApplyConfiguration, annotations map[string]string) {
	fits := len(annotations) <= 8
	place := map[gatewayapi.AnnotationKey]gatewayapi.AnnotationValue{}
	for key, value := range annotations {
		fits = fits && len(value) <= 4096
		place[gatewayapi.AnnotationKey(key)] = gatewayapi.AnnotationValue(value)
	}
	switch {
	case len(annotations) == 0:
	case fits:
		infrastructure(gateway).WithAnnotations(place)
	default:
		gateway.WithAnnotations(annotations)
	}
}

// ownListeners are the listeners of the shape that other clusters need.
func (c compiler) ownListeners(shape gatewayShape) []*gatewayv1.ListenerApplyConfiguration {
	exposure := c.Graph.Exposure(c.cluster.Name)
	var listeners []*gatewayv1.ListenerApplyConfiguration
	for _, l := range shape.listeners {
		if !l.opens(exposure) {
			continue
		}
		listener := l.configuration(l.port)
		if l.remotes && c.cluster.EastWest().Namespace != c.cluster.Istio.Namespace {
			listener.WithAllowedRoutes(routesFrom(c.cluster.Istio.Namespace))
		}
		listeners = append(listeners, listener)
	}
	return listeners
}

// routesFrom allows routes of one other namespace to attach.
func routesFrom(namespace string) *gatewayv1.AllowedRoutesApplyConfiguration {
	named := metav1.LabelSelector().WithMatchLabels(map[string]string{"kubernetes.io/metadata.name": namespace})
	return gatewayv1.AllowedRoutes().WithNamespaces(
		gatewayv1.RouteNamespaces().WithFrom(gatewayapi.NamespacesFromSelector).WithSelector(named))
}

// gatewayNamespaces returns the namespaces of an overlay's gateways except Istio's, sorted.
func (c compiler) gatewayNamespaces() []string {
	names := map[string]bool{}
	if c.Graph.Exposure(c.cluster.Name).Any() {
		names[c.cluster.EastWest().Namespace] = true
	}
	for peer := range c.Graph.Peers(c.cluster.Name) {
		names[peer.EastWest().Namespace] = true
	}
	delete(names, c.cluster.Istio.Namespace)
	return slices.Sorted(maps.Keys(names))
}

// moreNamespaces returns the namespaces of gateways other than Istio's.
func (c compiler) moreNamespaces() []Object {
	var objects []Object
	for _, name := range c.gatewayNamespaces() {
		objects = append(objects, guardedNamespace(name, c.labels))
	}
	return objects
}
