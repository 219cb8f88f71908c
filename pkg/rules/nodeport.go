package rules

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func unreachedNodePort() Rule {
	return Rule{
		ID: "MESH027", Severity: mesh.SeverityError,
		Title: "Callers do not learn the node port",
		Why: "Ambient callers reach a gateway at the addresses in its status and at port 15008, whatever its Service has " +
			"(istio pilot/pkg/serviceregistry/ambient/multicluster.go). A gateway of type NodePort has neither. Sidecars " +
			"are told the addresses and ports of the nodes; but clusters without a control plane look for istiod at ports " +
			"15012 and 15017 of the address of their primary.",
		Remedy: "Use a load balancer. If something of your own leads from port 15008 of an address to the node port, write " +
			"that address in gateway.addresses and gateway.peerGateway: true. If it leads to istiod, waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if message, hint := unreached(in, cluster); message != "" && cluster.EastWest().Service == v1alpha1.ServiceNodePort {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "gateway.service"), message: message, hint: hint})
				}
			}
			return found
		},
	}
}

// unreached says who does not find the node ports of a cluster, if anybody needs them.
func unreached(in Input, cluster v1alpha1.Cluster) (message, hint string) {
	if in.Mesh.Spec.Discovery != v1alpha1.DiscoveryRemoteSecret {
		return "", ""
	}
	for remote := range in.Graph.Served(cluster.Name) {
		return fmt.Sprintf("%s looks for istiod at ports 15012 and 15017 of %s, not at node ports", remote.Name, cluster.Name),
			"write service: LoadBalancer, or waive the finding when something of your own leads from those ports to the node ports"
	}
	if isAmbient(cluster) && !cluster.EastWest().PeerGateway && in.Graph.Exposure(cluster.Name).Workloads {
		return fmt.Sprintf("no ambient caller finds the node port of %s", cluster.Name),
			"write service: LoadBalancer, or peerGateway: true with an address that leads to the node port"
	}
	return "", ""
}
