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
		Why: "The cluster is listed, but it may call nobody and nobody may call it: it is a member in name only. Often " +
			"a cluster was added and its links forgotten.",
		Remedy: "Add a link, or remove the cluster. A cluster whose control plane serves others has a reason to be without any.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if in.Graph.Isolated(cluster.Name) && len(in.Mesh.Spec.Clusters) > 1 && !some(in.Graph.Served(cluster.Name)) {
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
		Title: "Some clusters name their network and others do not",
		Why: "Istio takes a workload without a network for one that everybody reaches directly. Beside clusters with " +
			"named networks that sends calls to pod addresses that are out of reach.",
		Remedy: "Name the network of every cluster, or of none.",
		find: func(in Input) []finding {
			named := slices.ContainsFunc(in.Mesh.Spec.Clusters, func(c v1alpha1.Cluster) bool { return c.Network != "" })
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if named && cluster.Network == "" {
					found = append(found, finding{clusters: []string{cluster.Name}, field: fmt.Sprintf("spec.clusters[%d]", i),
						message: fmt.Sprintf("cluster %s names no network, and others do", cluster.Name),
						hint:    "write network: with the name of the network that its pods are in"})
				}
			}
			return found
		},
	}
}

func gatewayMissing() Rule {
	return Rule{
		ID: "MESH005", Severity: mesh.SeverityIncomplete,
		Title: "A gateway address is needed and cannot be discovered",
		Why: "With discovery peering a caller finds its peer at the address of the peer's east-west gateway and nowhere " +
			"else. A remote cluster finds the control plane of its primary in the same way, and gateway.peerGateway and " +
			"gateway.addressesOnly ask for it. None of them can look it up. What needs the address is held back until it is known, and a waiver does not change that.",
		Remedy: "Apply the gateway, then collect its address: kubectl mesh collect --cluster NAME. Or write gateway.addresses of the " +
			"cluster that is called, or of the primary: the address of its load balancer.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				who := needsGateway(in, cluster)
				if who == "" || cluster.Gateway != nil && len(cluster.Gateway.Addresses) > 0 {
					continue
				}
				found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "gateway.addresses"),
					message: fmt.Sprintf("%s reaches %s through its east-west gateway, which has no address", who, cluster.Name),
					hint:    "apply its gateway, then: kubectl mesh collect --cluster " + cluster.Name + "; or write gateway: {addresses: [ADDRESS]}"})
			}
			return found
		},
	}
}

// needsGateway names a cluster that can find this one through its gateway only.
func needsGateway(in Input, cluster v1alpha1.Cluster) string {
	for remote := range in.Graph.Served(cluster.Name) {
		return remote.Name
	}
	for peer := range in.Graph.PeeredBy(cluster.Name) {
		return peer.Name
	}
	if cluster.EastWest().AddressesOnly && toldAnything(in, cluster) {
		for caller := range in.Graph.Callers(cluster.Name) {
			return caller.Name
		}
	}
	return ""
}
