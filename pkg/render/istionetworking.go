package render

// The fields of networking.istio.io/v1 that a mesh needs (istio.io/api networking/v1alpha3). Istio's Go types would add
// protocol buffers for two kinds.

type istioGateway struct {
	customObject `json:",inline"`
	Spec         istioGatewaySpec `json:"spec"`
}

type istioGatewaySpec struct {
	Selector map[string]string `json:"selector"`
	Servers  []istioServer     `json:"servers"`
}

type istioServer struct {
	Hosts []string  `json:"hosts"`
	Port  istioPort `json:"port"`
	TLS   istioTLS  `json:"tls"`
}

type istioPort struct {
	Name     string `json:"name"`
	Number   int32  `json:"number"`
	Protocol string `json:"protocol"`
}

type istioTLS struct {
	Mode string `json:"mode"`
}

type istioVirtualService struct {
	customObject `json:",inline"`
	Spec         istioVirtualServiceSpec `json:"spec"`
}

type istioVirtualServiceSpec struct {
	Gateways []string        `json:"gateways"`
	Hosts    []string        `json:"hosts"`
	TLS      []istioTLSRoute `json:"tls"`
}

type istioTLSRoute struct {
	Match []istioTLSMatch         `json:"match"`
	Route []istioRouteDestination `json:"route"`
}

type istioTLSMatch struct {
	Port     int32    `json:"port"`
	SNIHosts []string `json:"sniHosts"`
}

type istioRouteDestination struct {
	Destination istioDestination `json:"destination"`
}

type istioDestination struct {
	Host string         `json:"host"`
	Port istioPortValue `json:"port"`
}

type istioPortValue struct {
	Number int32 `json:"number"`
}

const istioNetworking = "networking.istio.io/v1"
