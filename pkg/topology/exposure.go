package topology

import (
	"iter"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Exposure is what a cluster's east-west gateway exposes to other clusters. The zero value means that no cluster needs
// the gateway.
type Exposure struct {
	// Workloads is set if clusters of other networks call this one through the gateway.
	Workloads bool
	// Peers is set if control planes of calling clusters connect to this one (discovery: peering).
	Peers bool
	// Remotes is set if clusters without a control plane of their own connect to the one here.
	Remotes bool
}

// Any reports whether the gateway exposes anything.
func (e Exposure) Any() bool { return e.Workloads || e.Peers || e.Remotes }

// Exposure returns what a cluster's east-west gateway exposes. In a fleet that is nothing, because its clusters share a
// network.
func (g *Graph) Exposure(name string) Exposure {
	i, known := g.index[name]
	if !known {
		return Exposure{}
	}
	return g.exposures[i]
}

// resolveExposures finds the clusters that are called from another network, and those that others connect to.
func (g *Graph) resolveExposures(discovery v1alpha1.Discovery) {
	g.exposures = make([]Exposure, len(g.clusters))
	if discovery == v1alpha1.DiscoveryFleet {
		return
	}
	for i := range g.clusters {
		for caller := range g.links.to(i).all {
			g.exposures[i].Peers = discovery == v1alpha1.DiscoveryPeering
			g.exposures[i].Workloads = g.exposures[i].Workloads || g.crossNetwork(caller, i)
		}
		if plane := g.plane(i); plane != i && discovery == v1alpha1.DiscoveryRemoteSecret {
			g.exposures[plane].Remotes = true
		}
	}
	if discovery == v1alpha1.DiscoveryRemoteSecret {
		g.resolveAmbientGateways()
	}
}

// resolveAmbientGateways picks the gateway of each ambient network: istiod uses only one (istio
// pilot/pkg/serviceregistry/ambient/networks.go). It is in the cluster that declares one; if none does, each called
// cluster gets one, and a rule reports the second.
func (g *Graph) resolveAmbientGateways() {
	called, declared := map[string]bool{}, map[string]bool{}
	for i, cluster := range g.clusters {
		if cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient {
			called[cluster.Network] = called[cluster.Network] || g.exposures[i].Workloads
			declared[cluster.Network] = declared[cluster.Network] || cluster.Gateway != nil
		}
	}
	for i, cluster := range g.clusters {
		if cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient && called[cluster.Network] && declared[cluster.Network] {
			g.exposures[i].Workloads = cluster.Gateway != nil
		}
	}
}

// CrossNetwork reports whether two clusters reach each other only through gateways.
func (g *Graph) CrossNetwork(a, b string) bool {
	i, known := g.index[a]
	j, also := g.index[b]
	return known && also && g.crossNetwork(i, j)
}

// Istio sends traffic to and from a workload without a network directly.
func (g *Graph) crossNetwork(i, j int) bool {
	a, b := g.clusters[i].Network, g.clusters[j].Network
	return a != "" && b != "" && a != b
}

// Served returns the other clusters that the control plane of a cluster serves, sorted.
func (g *Graph) Served(primary string) iter.Seq[*v1alpha1.Cluster] {
	return g.related(primary, relation.of, g.serves)
}

// resolvePeers finds the clusters that get a peer Gateway: with discovery peering all that a control plane's clusters
// call; otherwise those that request one and are called from another network.
func (g *Graph) resolvePeers(discovery v1alpha1.Discovery) {
	for i, target := range g.clusters {
		asked := target.Gateway != nil && target.Gateway.PeerGateway && discovery == v1alpha1.DiscoveryRemoteSecret
		if discovery != v1alpha1.DiscoveryPeering && !asked {
			continue
		}
		for caller := range g.links.to(i).all {
			switch plane := g.plane(caller); {
			case discovery == v1alpha1.DiscoveryPeering:
				g.peers.add(caller, i)
			case plane != i && g.crossNetwork(caller, i):
				g.peers.add(plane, i)
			}
		}
	}
}

// Peers returns the clusters for which a cluster's overlay has a peer Gateway, sorted.
func (g *Graph) Peers(name string) iter.Seq[*v1alpha1.Cluster] {
	return g.related(name, relation.of, g.peers)
}

// PeeredBy returns the clusters whose overlays have a peer Gateway for this cluster, sorted.
func (g *Graph) PeeredBy(name string) iter.Seq[*v1alpha1.Cluster] {
	return g.related(name, relation.to, g.peers)
}
