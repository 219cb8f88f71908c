package render

import (
	metav1 "k8s.io/client-go/applyconfigurations/meta/v1"
)

// The part of networking.istio.io/v1 that a mesh needs (istio.io/api networking/v1alpha3). Istio's
// own Go types would bring protocol buffers along for two kinds.

// istioMeta is what both kinds have in common.
type istioMeta struct {
	metav1.TypeMetaApplyConfiguration    `json:",inline"`
	*metav1.ObjectMetaApplyConfiguration `json:"metadata,omitempty"`
}

func newIstioMeta(kind, name, namespace string, labels map[string]string) istioMeta {
	return istioMeta{
		TypeMetaApplyConfiguration:   *metav1.TypeMeta().WithKind(kind).WithAPIVersion("networking.istio.io/v1"),
		ObjectMetaApplyConfiguration: metav1.ObjectMeta().WithName(name).WithNamespace(namespace).WithLabels(labels),
	}
}

func (m istioMeta) GetKind() *string       { return m.Kind }
func (m istioMeta) GetAPIVersion() *string { return m.APIVersion }
func (m istioMeta) GetName() *string       { return m.Name }
func (m istioMeta) GetNamespace() *string  { return m.Namespace }

type istioGateway struct {
	istioMeta `json:",inline"`
	Spec      istioGatewaySpec `json:"spec"`
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
	istioMeta `json:",inline"`
	Spec      istioVirtualServiceSpec `json:"spec"`
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
