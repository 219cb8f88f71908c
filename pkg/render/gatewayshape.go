package render

import (
	gatewayapi "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/applyconfiguration/apis/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Gateway classes (istio pkg/config/constants; the third is Solo's).
const (
	classSidecar gatewayapi.ObjectName = "istio"
	classAmbient gatewayapi.ObjectName = "istio-east-west"
	classPeering gatewayapi.ObjectName = "istio-eastwest"
	classRemote  gatewayapi.ObjectName = "istio-remote"
)

// Labels and annotations that istiod reads on gateways.
const (
	labelRevision     = "istio.io/rev"
	labelCluster      = "topology.istio.io/cluster"
	labelExposeIstiod = "istio.io/expose-istiod"
	labelGatewayPort  = "networking.istio.io/gatewayPort"

	annotationServiceType    = "networking.istio.io/service-type"
	annotationNodeSelector   = "traffic.istio.io/nodeSelector"
	annotationServiceAccount = "gateway.istio.io/service-account"
	annotationTrustDomain    = "gateway.istio.io/trust-domain"

	annotationDataPlaneType  = "peering.solo.io/data-plane-service-type"
	annotationPreferDataType = "peering.solo.io/preferred-data-plane-service-type"
)

// gatewayShape is one way to build an east-west gateway. The gateway and the peer Gateways that represent it in other
// clusters follow from it.
type gatewayShape struct {
	// name of the Gateway, or of the Helm release.
	name string
	// class that deploys the gateway; empty if Helm does.
	class gatewayapi.ObjectName
	// serviceAccount of its pods, part of the identity that callers expect.
	serviceAccount string
	comment        string
	listeners      []listener
}

// listener is a port of an east-west gateway and its purpose.
type listener struct {
	name     gatewayapi.SectionName
	hostname gatewayapi.Hostname
	port     gatewayapi.PortNumber
	protocol gatewayapi.ProtocolType
	mode     gatewayapi.TLSModeType
	options  map[gatewayapi.AnnotationKey]gatewayapi.AnnotationValue

	workloads, peers, remotes bool
}

// opens reports whether the listener is needed.
func (l listener) opens(exposure topology.Exposure) bool {
	return l.workloads && exposure.Workloads || l.peers && exposure.Peers || l.remotes && exposure.Remotes
}

func (l listener) configuration(port gatewayapi.PortNumber) *gatewayv1.ListenerApplyConfiguration {
	tls := gatewayv1.ListenerTLSConfig().WithMode(l.mode)
	if l.options != nil {
		tls.WithOptions(l.options)
	}
	configuration := gatewayv1.Listener().WithName(l.name).WithPort(port).WithProtocol(l.protocol).WithTLS(tls)
	if l.hostname != "" {
		configuration.WithHostname(l.hostname)
	}
	return configuration
}

// protocolHBONE is Istio's protocol: HTTP CONNECT over mutual TLS.
const protocolHBONE gatewayapi.ProtocolType = "HBONE"

// shapeOf returns the shape of a cluster's east-west gateway.
func shapeOf(cluster *v1alpha1.Cluster, discovery v1alpha1.Discovery) gatewayShape {
	gateway := cluster.EastWest()
	switch {
	case discovery == v1alpha1.DiscoveryPeering:
		return peeringShape()
	case gateway.API == v1alpha1.GatewayAPIIstio:
		return helmShape(gateway)
	case cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient:
		return ambientShape()
	}
	return sidecarShape(gateway)
}

// sidecarShape: because of the network label, a listener on port 15443 passes TLS through by its server name (istio
// pilot/pkg/config/kube/gateway/conversion.go). The class appends its name to the account, which is named like the
// Service.
func sidecarShape(own v1alpha1.Gateway) gatewayShape {
	listeners := []listener{{name: "cross-network", hostname: "*.local", port: own.Port(),
		protocol: gatewayapi.TLSProtocolType, mode: gatewayapi.TLSModePassthrough, workloads: true}}
	for _, p := range istiodPorts(own) {
		listeners = append(listeners, listener{name: gatewayapi.SectionName(p.listener), port: p.exposed,
			protocol: gatewayapi.TLSProtocolType, mode: gatewayapi.TLSModePassthrough, remotes: true})
	}
	return gatewayShape{name: "istio-eastwestgateway", class: classSidecar, serviceAccount: own.ServiceName(),
		comment:   "Entry point for traffic from other clusters. Istio deploys the gateway and its Service.",
		listeners: listeners}
}

// ambientShape has the only listener that istiod accepts.
func ambientShape() gatewayShape {
	return gatewayShape{name: "istio-eastwestgateway", class: classAmbient, serviceAccount: "istio-eastwestgateway",
		comment: "Entry point for traffic from other networks. Istio uses only one such gateway per network.",
		listeners: []listener{
			{
				name:      "mesh",
				port:      15008,
				protocol:  protocolHBONE,
				mode:      gatewayapi.TLSModeTerminate,
				workloads: true,
				options: map[gatewayapi.AnnotationKey]gatewayapi.AnnotationValue{
					"gateway.istio.io/tls-terminate-mode": "ISTIO_MUTUAL",
				},
			},
		}}
}

func peeringShape() gatewayShape {
	return gatewayShape{name: "istio-eastwest", class: classPeering, serviceAccount: "istio-eastwest",
		comment: "Entry point for traffic from other clusters, and for their control planes.",
		listeners: []listener{
			{name: "cross-network", port: 15008, protocol: protocolHBONE, mode: gatewayapi.TLSModePassthrough, workloads: true},
			{
				name:     "xds-tls",
				port:     15012,
				protocol: gatewayapi.TLSProtocolType,
				mode:     gatewayapi.TLSModePassthrough,
				peers:    true,
			},
		}}
}

// helmShape is a gateway installed by the istio/gateway chart. networking.istio.io objects in its control plane's
// cluster open its ports.
func helmShape(gateway v1alpha1.Gateway) gatewayShape {
	name := gateway.ServiceName()
	return gatewayShape{name: name, serviceAccount: name, listeners: []listener{
		{name: "cross-network", port: gateway.Port(), protocol: gatewayapi.TLSProtocolType,
			mode: gatewayapi.TLSModePassthrough, workloads: true},
	}}
}
