package rules

import (
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func isolated() Rule {
	return Rule{
		ID: "MESH002", Severity: mesh.SeverityWarning,
		Title: "A cluster has no link",
		Why: "The cluster is listed, but no link allows calls from or to it. Often " +
			"a cluster was added without its links.",
		Remedy: "Add a link, or remove the cluster. A cluster whose control plane serves other clusters requires no link.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if in.Graph.Isolated(cluster.Name) && len(in.Mesh.Spec.Clusters) > 1 && !isNotEmpty(in.Graph.Served(cluster.Name)) {
					found = append(found, finding{clusters: []string{cluster.Name}, field: fmt.Sprintf("spec.clusters[%d]", i),
						message: fmt.Sprintf("cluster %s has no link to or from any other", cluster.Name),
						hint:    "add one to spec.links, or remove the cluster"})
				}
			}
			return found
		},
	}
}

func unnamedNetwork() Rule {
	return Rule{
		ID: "MESH009", Severity: mesh.SeverityError,
		Title: "Only some clusters set a network",
		Why: "Istio treats a workload without a network as directly reachable from everywhere. In a mesh with " +
			"named networks, calls are then sent to unreachable pod addresses.",
		Remedy: "Set the network of every cluster, or of none.",
		find: func(in Input) []finding {
			named := slices.ContainsFunc(in.Mesh.Spec.Clusters, func(c v1alpha1.Cluster) bool { return c.Network != "" })
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if named && cluster.Network == "" {
					found = append(found, finding{clusters: []string{cluster.Name}, field: fmt.Sprintf("spec.clusters[%d]", i),
						message: fmt.Sprintf("cluster %s sets no network, but other clusters do", cluster.Name),
						hint:    "set network: to the name of its pods' network"})
				}
			}
			return found
		},
	}
}

func gatewayMissing() Rule {
	return Rule{
		ID:       "MESH005",
		Severity: mesh.SeverityIncomplete,
		Title:    "A required gateway address is unknown",
		Why: "With discovery: peering, a caller connects only to the address of its peer's east-west gateway to discover " +
			"it. A remote cluster reaches its primary's control plane in the same way, and gateway.peerGateway and " +
			"gateway.addressesOnly require the address too. Files that require the address are held back until it is known, " +
			"even with a waiver.",
		Remedy: "Apply the gateway, then collect its address: kubectl mesh collect --cluster NAME. Or set " +
			"gateway.addresses of the called cluster, or of the primary, to its load balancer's address.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				who := needsGateway(in, cluster)
				if who == "" || cluster.Gateway != nil && len(cluster.Gateway.Addresses) > 0 {
					continue
				}
				found = append(found, finding{
					clusters: []string{cluster.Name},
					field:    at(i, "gateway.addresses"),
					message:  fmt.Sprintf("%s reaches %s through its east-west gateway, which has no address", who, cluster.Name),
					hint: "apply its gateway, then: kubectl mesh collect --cluster " + cluster.Name + "; or set gateway: " +
						"{addresses: [ADDRESS]}",
				})
			}
			return found
		},
	}
}

// needsGateway returns a cluster that can reach this one only through its gateway.
func needsGateway(in Input, cluster v1alpha1.Cluster) string {
	for remote := range in.Graph.Served(cluster.Name) {
		return remote.Name
	}
	for peer := range in.Graph.PeeredBy(cluster.Name) {
		return peer.Name
	}
	if cluster.EastWest().AddressesOnly && usesGatewayAddress(in, cluster) {
		for caller := range in.Graph.Callers(cluster.Name) {
			return caller.Name
		}
	}
	return ""
}
