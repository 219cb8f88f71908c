package v1alpha1

// EastWest returns the east-west gateway of a cluster, with defaults if mesh.yaml does not declare one.
func (c *Cluster) EastWest() Gateway {
	if c.Gateway != nil {
		return *c.Gateway
	}
	var gateway Gateway
	defaultGateway(&gateway, c)
	return gateway
}

// Port receives traffic for sidecars from other networks. An ingress gateway uses the HTTPS port.
func (g Gateway) Port() int32 {
	if g.Workload == WorkloadIngress {
		return 443
	}
	return 15443
}

// AdvertisedPort is the port for callers that use declared addresses of the gateway.
func (g Gateway) AdvertisedPort() int32 {
	if g.NodePort != 0 {
		return g.NodePort
	}
	return g.Port()
}

// ServiceName is the name of the gateway's Service for sidecars: the name of the Helm release, or the names of the
// Gateway and its class (istio pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go).
func (g Gateway) ServiceName() string {
	if g.API == GatewayAPIIstio {
		return "istio-" + string(g.Workload)
	}
	return "istio-eastwestgateway-istio"
}

// EastWestService is the name of the Service of a cluster's east-west gateway, and of its Deployment. Istio appends the
// class to the name of a Gateway for class istio alone (istio pilot/pkg/config/kube/gatewaycommon/gateway_utils.go,
// GetDefaultName).
func (s MeshSpec) EastWestService(c *Cluster) string {
	gateway := c.EastWest()
	switch {
	case s.Discovery == DiscoveryPeering:
		return "istio-eastwest"
	case gateway.API != GatewayAPIIstio && c.Istio.DataPlane == DataPlaneAmbient:
		return "istio-eastwestgateway"
	}
	return gateway.ServiceName()
}
