package helm

import (
	"maps"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// gatewayValues are the values of chart gateway, whose schema rejects unknown keys.
type gatewayValues struct {
	Env            map[string]string `json:"env,omitempty"`
	Labels         map[string]string `json:"labels,omitempty"`
	NetworkGateway string            `json:"networkGateway,omitempty"`
	Platform       string            `json:"platform,omitempty"`
	Revision       string            `json:"revision,omitempty"`
	Service        gatewayService    `json:"service,omitzero"`
}

type gatewayService struct {
	Annotations map[string]string `json:"annotations,omitempty"`
	Ports       []gatewayPort     `json:"ports,omitempty"`
	Type        string            `json:"type,omitempty"`
}

type gatewayPort struct {
	Name       string `json:"name"`
	Port       int32  `json:"port"`
	Protocol   string `json:"protocol"`
	TargetPort int32  `json:"targetPort"`
}

// helmGateway reports whether Helm installs the east-west gateway here.
func (v values) helmGateway() bool {
	return v.Graph.Exposure(v.cluster.Name).Any() && v.cluster.EastWest().API == v1alpha1.GatewayAPIIstio
}

// gateway: with a network, the chart creates an east-west gateway with its own selection of ports. One that exposes
// only istiod has no network, and the ingress gateway needs all ports; a label marks the port for other networks for
// istiod.
func (v values) gateway() Chart {
	own, exposure := v.cluster.EastWest(), v.Graph.Exposure(v.cluster.Name)
	gateway := gatewayValues{Revision: v.cluster.Istio.Revision, Service: gatewayService{Annotations: own.Annotations}}
	if v.cluster.Istio.Release().Has(upstream.GatewayPlatform) {
		gateway.Platform = v.platform()
	}
	if own.Service == v1alpha1.ServiceNodePort {
		gateway.Service.Type = string(own.Service)
		gateway.Service.Annotations = map[string]string{}
		if !own.AddressesOnly {
			gateway.Service.Annotations["traffic.istio.io/nodeSelector"] = "{}"
		}
		maps.Copy(gateway.Service.Annotations, own.Annotations)
	}
	ingress := own.Workload == v1alpha1.WorkloadIngress
	hidden := exposure.Workloads && own.AddressesOnly
	switch {
	case hidden && !ingress: // what the chart does for networkGateway, without the label on the Service
		gateway.Env = map[string]string{"ISTIO_META_REQUESTED_NETWORK_VIEW": v.cluster.Network}
		gateway.Service.Ports = networkPorts(exposure.Remotes)
	case exposure.Workloads && !ingress:
		gateway.NetworkGateway = v.cluster.Network
	default:
		gateway.Service.Ports = servicePorts(ingress, exposure.Remotes)
	}
	switch {
	case !exposure.Workloads, hidden:
		gateway.Labels = map[string]string{"kubectl-mesh.dev/mesh": v.Spec.Metadata.Name} // collect finds it by this label
	case ingress:
		gateway.Labels = map[string]string{
			"networking.istio.io/gatewayPort": "443",
			"topology.istio.io/network":       v.cluster.Network,
		}
	}
	name := "istio-" + string(own.Workload)
	return Chart{Name: "gateway", Release: name, Namespace: own.Namespace, Values: gateway}
}

func servicePorts(ingress, remotes bool) []gatewayPort {
	ports := []gatewayPort{tcp("status-port", 15021)}
	if ingress {
		ports = append(ports, tcp("http2", 80), tcp("https", 443))
	}
	return append(ports, istiodPorts(remotes)...)
}

func networkPorts(remotes bool) []gatewayPort {
	return append([]gatewayPort{tcp("status-port", 15021), tcp("tls", 15443)}, istiodPorts(remotes)...)
}

func istiodPorts(remotes bool) []gatewayPort {
	if !remotes {
		return nil
	}
	return []gatewayPort{tcp("tls-istiod", 15012), tcp("tls-webhook", 15017)}
}

func tcp(name string, number int32) gatewayPort {
	return gatewayPort{Name: name, Port: number, Protocol: "TCP", TargetPort: number}
}
