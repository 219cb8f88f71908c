package topology

import (
	"iter"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Exposure is what the east-west gateway of a cluster opens to other clusters. The zero value
// means that nobody needs the gateway.
type Exposure struct {
	// Workloads: clusters of other networks call this one through the gateway.
	Workloads bool
	// Peers: with discovery peering the control planes of callers connect to this one.
	Peers bool
	// Remotes: clusters without a control plane of their own connect to the one here.
	Remotes bool
}

// Any tells whether there is anything to open.
func (e Exposure) Any() bool { return e.Workloads || e.Peers || e.Remotes }

// Exposure returns what the east-west gateway of a cluster is for. A fleet has none: its clusters
// share a network.
func (g *Graph) Exposure(name string) Exposure {
	i, known := g.index[name]
	if !known {
		return Exposure{}
	}
	return g.exposures[i]
}

// resolveExposures: who is called from another network, who is connected to.
func (g *Graph) resolveExposures(discovery v1alpha1.Discovery) {
	g.exposures = make([]Exposure, len(g.clusters))
	if discovery == v1alpha1.DiscoveryFleet {
		return
	}
	for i := range g.clusters {
		for caller := range g.links.to(i).all {
			g.exposures[i].Peers = discovery == v1alpha1.DiscoveryPeering
			g.exposures[i].Workloads = g.exposures[i].Workloads || g.apart(caller, i)
		}
		if plane := g.plane(i); plane != i && discovery == v1alpha1.DiscoveryRemoteSecret {
			g.exposures[plane].Remotes = true
		}
	}
	if discovery == v1alpha1.DiscoveryRemoteSecret {
		g.resolveAmbientEntrances()
	}
}

// resolveAmbientEntrances: of an ambient network only one gateway counts (istio
// pilot/pkg/serviceregistry/ambient/networks.go). It is in the cluster that declares one; where
// none does, each cluster that is called has one, and a rule complains of the second.
func (g *Graph) resolveAmbientEntrances() {
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

// Apart tells whether two clusters reach each other through gateways only.
func (g *Graph) Apart(a, b string) bool {
	i, known := g.index[a]
	j, also := g.index[b]
	return known && also && g.apart(i, j)
}

// apart: to and from a workload without a network Istio goes without a gateway.
func (g *Graph) apart(i, j int) bool {
	a, b := g.clusters[i].Network, g.clusters[j].Network
	return a != "" && b != "" && a != b
}

// Served returns the other clusters that the control plane of a cluster serves, sorted.
func (g *Graph) Served(primary string) iter.Seq[*v1alpha1.Cluster] {
	return g.related(primary, relation.of, g.serves)
}

// resolvePeers: with discovery peering a control plane finds every cluster that it calls by a
// peer Gateway; else those that ask for one, and that its clusters call from another network.
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
			case plane != i && g.apart(caller, i):
				g.peers.add(plane, i)
			}
		}
	}
}

// Peers returns the clusters for which the overlay of a cluster has a peer Gateway, sorted.
func (g *Graph) Peers(name string) iter.Seq[*v1alpha1.Cluster] {
	return g.related(name, relation.of, g.peers)
}

// PeeredBy returns the clusters whose overlays have a peer Gateway for a cluster, sorted.
func (g *Graph) PeeredBy(name string) iter.Seq[*v1alpha1.Cluster] {
	return g.related(name, relation.to, g.peers)
}
