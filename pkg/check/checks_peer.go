package check

import (
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// peerConditions are what Solo's control plane reports about a peer; older versions lack the third.
func peerConditions(istio v1alpha1.Istio) []string {
	conditions := []string{"gloo.solo.io/PeerConnected", "gloo.solo.io/PeeringSucceeded"}
	if istio.Release().Has(upstream.DataPlaneStatus) {
		conditions = append(conditions, "gloo.solo.io/PeerDataPlaneProgrammed")
	}
	return conditions
}

func peersConnected() Check {
	return Check{ID: "CHECK029", Severity: mesh.SeverityError, Scope: ScopeCluster, After: "CHECK003",
		Title: "Every peer is connected",
		Why: "With discovery: peering, a cluster's control plane connects to those of its peers, and reports the result " +
			"in the conditions of each peer Gateway. Accepted and Programmed are always true there. If two peer Gateways " +
			"name one cluster, either of them may be used.",
		Remedy: "Check the conditions of the peer Gateway. Most often the address changed, a firewall blocks port 15012 " +
			"or 15008, or the trust domain in mesh.yaml differs from that of the peer's certificates.",
		run: func(s subject) []outcome {
			if s.Mesh.Spec.Discovery != v1alpha1.DiscoveryPeering {
				return nil
			}
			if s.facts.Peers.Why != "" {
				return unknown(s.facts.Peers.Why, "")
			}
			var found []outcome
			wanted := 0
			for peer := range s.Graph.Peers(s.cluster.Name) {
				wanted++
				found = append(found, s.peering(peer)...)
			}
			if found == nil && wanted > 0 {
				return ok()
			}
			return found
		}}
}

// peering judges a cluster's peer Gateway.
func (s subject) peering(peer *v1alpha1.Cluster) []outcome {
	name := access.PeerGateway(peer.Name)
	at := slices.IndexFunc(s.facts.Peers.Value, func(p cluster.Peer) bool { return p.Name == name })
	if at < 0 {
		return bad(fmt.Sprintf("peer Gateway %s is missing: calls to %s fail", name, peer.Name), s.Commands.Apply)
	}
	live := s.facts.Peers.Value[at]
	describe := s.Commands.Kubectl(s.cluster.Name) + " -n " + live.Namespace + " describe gateway " + live.Name
	for _, other := range s.facts.Peers.Value {
		if other.Cluster == peer.ID() && other.Name != name {
			return bad(fmt.Sprintf("Gateway %s/%s also names %s", other.Namespace, other.Name, peer.Name),
				s.Commands.Kubectl(s.cluster.Name)+" -n "+other.Namespace+" delete gateway "+other.Name)
		}
	}
	if want := peer.EastWest().Addresses; !slices.Equal(live.Addresses, want) {
		return bad(fmt.Sprintf("it connects to %s at %s, but mesh.yaml sets %s", peer.Name, abridged(live.Addresses),
			abridged(want)), s.Commands.Apply)
	}
	for _, condition := range peerConditions(s.cluster.Istio) {
		reason, judged := live.Conditions[condition]
		switch {
		case !judged:
			return bad(fmt.Sprintf("its control plane reports no status of %s on Gateway %s/%s", condition, live.Namespace,
				live.Name), describe)
		case reason != "":
			return bad(fmt.Sprintf("%s is not connected: %s: %s", peer.Name, condition, reason), describe)
		}
	}
	return nil
}
