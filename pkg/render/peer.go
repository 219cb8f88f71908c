package render

import (
	"net/netip"
	"strconv"

	gatewayapi "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/applyconfiguration/apis/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// dataPlaneType spells the service type like the annotations in Solo's documentation.
func dataPlaneType(gateway v1alpha1.Gateway) string {
	if gateway.Service == v1alpha1.ServiceNodePort {
		return "NodePort"
	}
	return "loadbalancer"
}

// peers renders a Gateway of class istio-remote for each cluster that this one's control plane discovers through one.
// It contains only facts about the peer, except for the version.
func (c compiler) peers() ([]Manifest, error) {
	var manifests []Manifest
	file := layout.Readers
	if c.Mesh.Spec.Discovery == v1alpha1.DiscoveryPeering {
		file = layout.Peers
	}
	for peer := range c.Graph.Peers(c.cluster.Name) {
		if missing := noAddress(peer); missing != nil {
			name := gatewayv1.Gateway(access.PeerGateway(peer.Name), peer.EastWest().Namespace)
			manifests = append(manifests, c.heldPart(file, peer, missing, []Object{name}))
			continue
		}
		manifests = append(manifests, Manifest{
			File:    file,
			Peer:    peer.Name,
			Objects: []Object{c.peer(peer)},
			Comment: "This cluster's control plane discovers " + peer.Name + " through this object. The namespace is that of\n" +
				peer.Name + "'s gateway, which is part of the expected identity.",
		})
	}
	return manifests, nil
}

func (c compiler) peer(peer *v1alpha1.Cluster) Object {
	shape, there := shapeOf(peer, c.Mesh.Spec.Discovery), peer.EastWest()
	spec := gatewayv1.GatewaySpec().WithGatewayClassName(classRemote)
	for _, address := range there.Addresses {
		spec.WithAddresses(gatewayv1.GatewaySpecAddress().WithType(addressType(address)).WithValue(address))
	}
	annotations := map[string]string{annotationServiceAccount: shape.serviceAccount}
	labels := map[string]string{labelCluster: peer.ID()}
	if peer.Network != "" {
		labels[labelNetwork] = peer.Network
	}
	addLocality(labels, peer.Locality)
	if c.Mesh.Spec.Discovery == v1alpha1.DiscoveryPeering {
		annotations[annotationTrustDomain] = peer.TrustDomain
		if c.cluster.Istio.Release().Has(upstream.PeeringNodePorts) {
			annotations[annotationPreferDataType] = dataPlaneType(there)
		}
		spec.WithListeners(c.peeringListeners(peer, shape)...)
	} else {
		entrance := shape.listeners[0]
		if entrance.protocol == gatewayapi.TLSProtocolType {
			entrance.port = there.AdvertisedPort()
			if entrance.port != 15443 { // istiod recognizes it by the port, or by this label
				labels[labelGatewayPort] = strconv.Itoa(int(entrance.port))
			}
		}
		spec.WithListeners(entrance.configuration(entrance.port))
	}
	if c.cluster.Istio.Revision != "" {
		labels[labelRevision] = c.cluster.Istio.Revision
	}
	return gatewayv1.Gateway(access.PeerGateway(peer.Name), there.Namespace).WithLabels(c.labels).WithLabels(labels).
		WithAnnotations(annotations).WithSpec(spec)
}

// The control plane is always reached at xds-tls. The data listener is for older versions; node ports and pods of the
// same network are reached without it.
func (c compiler) peeringListeners(peer *v1alpha1.Cluster, shape gatewayShape) []*gatewayv1.ListenerApplyConfiguration {
	there := peer.EastWest()
	release := c.cluster.Istio.Release()
	direct := there.Service == v1alpha1.ServiceNodePort || !c.Graph.CrossNetwork(c.cluster.Name, peer.Name) ||
		release.Stated() && release.Has(upstream.PeeringXDSOnly)
	var listeners []*gatewayv1.ListenerApplyConfiguration
	for _, l := range shape.listeners {
		switch {
		case l.peers:
			listeners = append(listeners, l.configuration(there.XDSPort))
		case !direct:
			listeners = append(listeners, l.configuration(l.port))
		}
	}
	return listeners
}

// addressType: in ambient mode, istiod ignores addresses without a type.
func addressType(address string) gatewayapi.AddressType {
	if _, err := netip.ParseAddr(address); err == nil {
		return gatewayapi.IPAddressType
	}
	return gatewayapi.HostnameAddressType
}

// addLocality labels the location of a peer's endpoints. Istio has no zone without a region.
func addLocality(labels map[string]string, locality *v1alpha1.Locality) {
	if locality == nil {
		return
	}
	for key, value := range map[string]string{
		"topology.kubernetes.io/region": locality.Region,
		"topology.kubernetes.io/zone":   locality.Zone,
		"topology.istio.io/subzone":     locality.Subzone,
	} {
		if value != "" {
			labels[key] = value
		}
	}
}
