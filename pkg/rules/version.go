package rules

import (
	"fmt"
	"iter"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// since formats the first version with a feature.
func since(feature upstream.Feature) string { return upstream.SinceOf(feature).Short() }

func oldVersion() Rule {
	return Rule{
		ID:       "MESH008",
		Severity: mesh.SeverityError,
		Title:    "The Istio version does not support a feature in use",
		Why: fmt.Sprintf("Ambient across clusters requires Istio %s, peering requires %s of the solo distribution and "+
			"its calls at node ports %s, and readers with auth: federated %s, or %s if Helm mounts their tokens. The "+
			"TLSRoutes by which remote clusters reach istiod at a gateway of Gateway API have version v1, which requires "+
			"%s. Gateways of gateway.networking.k8s.io/v1 require %s, those of networking.istio.io/v1 %s, peer Gateways "+
			"without peering %s, Gateways with addressesOnly %s, and the profile for clusters without a control plane %s. "+
			"An older control plane, or its charts, do not support the rendered objects.",
			since(upstream.AmbientMultiNetwork), since(upstream.Peering),
			since(upstream.PeeringNodePorts), since(upstream.TokenFiles), since(upstream.ChartVolumes),
			since(upstream.TLSRouteV1), since(upstream.GatewayV1), since(upstream.NetworkingV1),
			since(upstream.PeerGateways), since(upstream.GatewayParameters), since(upstream.RemoteProfile)),
		Remedy: "Upgrade the control plane, and correct istio.version. A gateway that Helm installs, with gateway.api " +
			"istio, exposes istiod to remote clusters with every version from " + since(upstream.NetworkingV1) + " on.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				for _, gate := range gates(in, cluster) {
					if !cluster.Istio.Release().Has(gate.feature) {
						found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "istio.version"),
							message: fmt.Sprintf("Istio %s in %s has no %s, which requires %s or later", cluster.Istio.Version, cluster.Name,
								upstream.NameOf(gate.feature), upstream.SinceOf(gate.feature)),
							hint: gate.instead + "upgrade the control plane of " + cluster.ControlPlane})
					}
				}
			}
			return found
		},
	}
}

// gate is a feature that a cluster needs, and the alternative.
type gate struct {
	feature upstream.Feature
	instead string
}

// gates returns what a cluster needs of its control plane and charts.
func gates(in Input, cluster v1alpha1.Cluster) []gate {
	var gates []gate
	switch {
	case in.Graph.Isolated(cluster.Name):
	case in.Mesh.Spec.Discovery == v1alpha1.DiscoveryPeering:
		gates = append(gates, gate{feature: upstream.Peering})
	case isAmbient(cluster):
		gates = append(gates, gate{feature: upstream.AmbientMultiNetwork})
	}
	if nodePortPeer(in, cluster) {
		gates = append(gates, gate{feature: upstream.PeeringNodePorts})
	}
	gates = append(gates, gatewayGates(in, cluster)...)
	if cluster.ControlPlane != cluster.Name && cluster.Istio.Distribution != v1alpha1.DistributionCSM {
		gates = append(gates, gate{feature: upstream.RemoteProfile})
	}
	return append(gates, readerGates(in, cluster)...)
}

// gatewayGates are for the objects that create gateways. Releases with peering and ambient mode have them.
func gatewayGates(in Input, cluster v1alpha1.Cluster) []gate {
	var gates []gate
	kubernetes := cluster.EastWest().API == v1alpha1.GatewayAPIKubernetes
	exposure := in.Graph.Exposure(cluster.Name)
	sidecars := in.Mesh.Spec.Discovery == v1alpha1.DiscoveryRemoteSecret && !isAmbient(cluster)
	if exposure.Remotes && kubernetes {
		gates = append(gates, gate{feature: upstream.TLSRouteV1, instead: "set gateway: {api: istio}, or "})
	} else if exposure.Any() && kubernetes && sidecars {
		gates = append(gates, gate{feature: upstream.GatewayV1})
	}
	declaredOnly := cluster.EastWest().AddressesOnly && in.Mesh.Spec.Discovery == v1alpha1.DiscoveryRemoteSecret
	if kubernetes && exposure.Workloads && declaredOnly {
		gates = append(gates, gate{feature: upstream.GatewayParameters, instead: "set gateway: {api: istio}, or "})
	}
	if sidecars && isNotEmpty(in.Graph.Peers(cluster.Name)) {
		gates = append(gates, gate{feature: upstream.PeerGateways})
	}
	if opensHelmGateways(in, cluster) {
		gates = append(gates, gate{feature: upstream.NetworkingV1})
	}
	return gates
}

// opensHelmGateways reports whether a control plane configures Helm-installed gateways, in its own cluster or in those
// that it serves.
func opensHelmGateways(in Input, cluster v1alpha1.Cluster) bool {
	if cluster.ControlPlane != cluster.Name {
		return false
	}
	opens := func(of *v1alpha1.Cluster) bool {
		return of.EastWest().API == v1alpha1.GatewayAPIIstio && in.Graph.Exposure(of.Name).Any()
	}
	for remote := range in.Graph.Served(cluster.Name) {
		if opens(remote) {
			return true
		}
	}
	return opens(&cluster)
}

// readerGates are for the credentials with which a control plane reads other clusters.
func readerGates(in Input, cluster v1alpha1.Cluster) []gate {
	for target := range in.Graph.Targets(cluster.Name) {
		if access.KindOf(target).Traits().Form != access.FormPublic {
			continue
		}
		if cluster.Istio.Distribution != v1alpha1.DistributionCSM && cluster.Istio.Release().Has(upstream.TokenFiles) {
			return []gate{{feature: upstream.ChartVolumes}}
		}
		return []gate{{feature: upstream.TokenFiles}}
	}
	return nil
}

// nodePortPeer reports whether a cluster is called at its node ports, or calls a peer at its.
func nodePortPeer(in Input, cluster v1alpha1.Cluster) bool {
	if in.Mesh.Spec.Discovery != v1alpha1.DiscoveryPeering {
		return false
	}
	for peer := range in.Graph.Peers(cluster.Name) {
		if peer.EastWest().Service == v1alpha1.ServiceNodePort && in.Graph.CrossNetwork(cluster.Name, peer.Name) {
			return true
		}
	}
	return cluster.EastWest().Service == v1alpha1.ServiceNodePort && in.Graph.Exposure(cluster.Name).Workloads
}

// isNotEmpty reports whether a sequence has an element.
func isNotEmpty[T any](items iter.Seq[T]) bool {
	for range items {
		return true
	}
	return false
}
