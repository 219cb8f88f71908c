package render

import (
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// helmGateways open the ports of Helm-installed gateways, in this cluster and in those that its control plane serves: a
// proxy gets its listeners from its own control plane.
func (c compiler) helmGateways() []Manifest {
	if c.cluster.ControlPlane != c.cluster.Name {
		return nil
	}
	var objects []Object
	for _, workload := range c.helmEntrances() {
		objects = append(objects, c.crossNetworkGateway(workload))
	}
	own := c.cluster.EastWest()
	if c.Graph.Exposure(c.cluster.Name).Remotes && own.API == v1alpha1.GatewayAPIIstio {
		objects = append(objects, c.istiodGateway(own.Workload), c.istiodVirtualService())
	}
	if objects == nil {
		return nil
	}
	return []Manifest{{File: "istio-gateways.yaml", Objects: objects,
		Comment: "Traffic that the gateways installed with Helm accept. They select pods in every cluster of this control " +
			"plane."}}
}

// helmEntrances returns the gateway workloads for other networks in this control plane's clusters, sorted, without
// duplicates.
func (c compiler) helmEntrances() []v1alpha1.GatewayWorkload {
	var workloads []v1alpha1.GatewayWorkload
	add := func(cluster *v1alpha1.Cluster) {
		gateway := cluster.EastWest()
		if gateway.API == v1alpha1.GatewayAPIIstio && c.Graph.Exposure(cluster.Name).Workloads {
			workloads = append(workloads, gateway.Workload)
		}
	}
	add(c.cluster)
	for remote := range c.Graph.Served(c.cluster.Name) {
		add(remote)
	}
	slices.Sort(workloads)
	return slices.Compact(workloads)
}

// crossNetworkGateway passes mutual TLS through to the service in the server name (istio
// samples/multicluster/expose-services.yaml).
func (c compiler) crossNetworkGateway(workload v1alpha1.GatewayWorkload) Object {
	name, port := "cross-network-gateway", int32(15443)
	if workload == v1alpha1.WorkloadIngress {
		name, port = "cluster-aware-gateway", 443
	}
	return &istioGateway{
		customObject: newCustomObject(istioNetworking, "Gateway", name, c.cluster.Istio.Namespace, c.labels),
		Spec: istioGatewaySpec{
			Selector: map[string]string{"istio": string(workload)},
			Servers: []istioServer{{
				Port: istioPort{Name: "tls", Number: port, Protocol: "TLS"}, TLS: istioTLS{Mode: "AUTO_PASSTHROUGH"},
				Hosts: []string{"*.local"},
			}},
		},
	}
}

// istiodGateway exposes istiod to the clusters that it serves (istio samples/multicluster/expose-istiod-rev.yaml.tmpl).
func (c compiler) istiodGateway(workload v1alpha1.GatewayWorkload) Object {
	spec := istioGatewaySpec{Selector: map[string]string{"istio": string(workload)}}
	for _, p := range istiodPorts(c.cluster.EastWest()) {
		spec.Servers = append(spec.Servers, istioServer{
			Port: istioPort{Name: p.listener, Number: p.exposed, Protocol: "TLS"}, TLS: istioTLS{Mode: "PASSTHROUGH"},
			Hosts: []string{"*"},
		})
	}
	return &istioGateway{customObject: newCustomObject(istioNetworking, "Gateway",
		"istiod-gateway", c.cluster.Istio.Namespace, c.labels), Spec: spec}
}

func (c compiler) istiodVirtualService() Object {
	hosts := istiodHosts(c.cluster)
	spec := istioVirtualServiceSpec{Gateways: []string{"istiod-gateway"}, Hosts: hosts}
	for _, p := range istiodPorts(c.cluster.EastWest()) {
		spec.TLS = append(spec.TLS, istioTLSRoute{
			Match: []istioTLSMatch{{Port: p.exposed, SNIHosts: hosts}},
			Route: []istioRouteDestination{{Destination: istioDestination{
				Host: hosts[len(hosts)-1],
				Port: istioPortValue{Number: p.port},
			}}},
		})
	}
	return &istioVirtualService{customObject: newCustomObject(istioNetworking,
		"VirtualService", "istiod-vs", c.cluster.Istio.Namespace, c.labels), Spec: spec}
}
