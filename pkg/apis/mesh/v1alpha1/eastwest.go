package v1alpha1

// EastWest returns the east-west gateway of a cluster that has its defaults, also when the mesh
// says nothing of it.
func (c *Cluster) EastWest() Gateway {
	if c.Gateway != nil {
		return *c.Gateway
	}
	var gateway Gateway
	defaultGateway(&gateway, c)
	return gateway
}

// Port is where sidecars of other networks enter: an ingress gateway shares the port of HTTPS.
func (g Gateway) Port() int32 {
	if g.Workload == WorkloadIngress {
		return 443
	}
	return 15443
}

// ToldPort is where callers go that are told the addresses of the gateway.
func (g Gateway) ToldPort() int32 {
	if g.NodePort != 0 {
		return g.NodePort
	}
	return g.Port()
}

// ServiceName is the name of the gateway's Service for sidecars: that of the Helm release, or the
// Gateway's with that of its class (istio
// pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go).
func (g Gateway) ServiceName() string {
	if g.API == GatewayAPIIstio {
		return "istio-" + string(g.Workload)
	}
	return "istio-eastwestgateway-istio"
}
