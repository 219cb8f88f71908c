package render

import (
	gatewayapi "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/applyconfiguration/apis/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// istiodPort is a port of istiod's Service and the listener that forwards to it.
type istiodPort struct {
	listener string
	exposed  int32
	port     int32
}

// istiodPorts are what a remote cluster needs from istiod: certificates and configuration for its proxies, and the
// injection webhook for its API server. If the remote uses a host name for the gateway, its API server calls the
// webhook's Service port, 443, there (k8s.io/apiserver pkg/util/proxy, ResolveCluster).
func istiodPorts(own v1alpha1.Gateway) []istiodPort {
	ports := []istiodPort{
		{listener: "tls-istiod", exposed: 15012, port: 15012},
		{listener: "tls-istiodwebhook", exposed: 15017, port: 443},
	}
	if len(own.Addresses) > 0 && addressType(own.Addresses[0]) == gatewayapi.HostnameAddressType {
		ports = append(ports, istiodPort{listener: "tls-istiodwebhook-https", exposed: 443, port: 443})
	}
	return ports
}

// IstiodRoute routes calls of remote clusters to istiod, in its namespace: from Hosts to Port of Service.
type IstiodRoute struct {
	Name    string
	Hosts   []string
	Service string
	Port    int32
}

// IstiodRoutes returns the routes of a cluster.
func IstiodRoutes(cluster *v1alpha1.Cluster) []IstiodRoute {
	var routes []IstiodRoute
	for _, port := range istiodPorts(cluster.EastWest()) {
		routes = append(routes, IstiodRoute{Name: port.listener, Hosts: istiodHosts(cluster),
			Service: access.IstiodService(cluster), Port: port.port})
	}
	return routes
}

// istiodHosts are the server names that a remote's proxies and API server use for istiod: those of a Service in the
// remote that refers to the gateway here.
func istiodHosts(cluster *v1alpha1.Cluster) []string {
	short := access.IstiodService(cluster) + "." + cluster.Istio.Namespace + ".svc"
	return []string{short, short + ".cluster.local"}
}

// istiodRoutes forward from the listeners for remotes to istiod. They have the label of its revision, like the Gateway:
// an istiod with a revision reports no status of a route without it (istio pkg/revisions/tag_watcher.go).
func (c compiler) istiodRoutes(exposure topology.Exposure, shape gatewayShape, gateway string) []Object {
	if !exposure.Remotes {
		return nil
	}
	var routes []Object
	for _, to := range IstiodRoutes(c.cluster) {
		var hosts []gatewayapi.Hostname
		for _, host := range to.Hosts {
			hosts = append(hosts, gatewayapi.Hostname(host))
		}
		parent := gatewayv1.ParentReference().
			WithName(gatewayapi.ObjectName(shape.name)).
			WithSectionName(gatewayapi.SectionName(to.Name))
		if gateway != c.cluster.Istio.Namespace {
			parent.WithNamespace(gatewayapi.Namespace(gateway))
		}
		backend := gatewayv1.BackendRef().WithName(gatewayapi.ObjectName(to.Service)).WithPort(to.Port)
		spec := gatewayv1.TLSRouteSpec().WithParentRefs(parent).WithHostnames(hosts...).
			WithRules(gatewayv1.TLSRouteRule().WithBackendRefs(backend))
		route := gatewayv1.TLSRoute(to.Name, c.cluster.Istio.Namespace).WithLabels(c.labels).WithSpec(spec)
		if c.cluster.Istio.Revision != "" {
			route.WithLabels(map[string]string{labelRevision: c.cluster.Istio.Revision})
		}
		routes = append(routes, route)
	}
	return routes
}
