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
			"are told the addresses and ports of the nodes.",
		Remedy: "Use a load balancer. If something of your own leads from port 15008 of an address to the node port, write " +
			"that address in gateway.addresses and gateway.peerGateway: true.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				gateway := cluster.EastWest()
				if in.Mesh.Spec.Discovery != v1alpha1.DiscoveryRemoteSecret || !isAmbient(cluster) || gateway.PeerGateway ||
					gateway.Service != v1alpha1.ServiceNodePort || !in.Graph.Exposure(cluster.Name).Workloads {
					continue
				}
				found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "gateway.service"),
					message: fmt.Sprintf("no ambient caller finds the node port of %s", cluster.Name),
					hint:    "write service: LoadBalancer, or peerGateway: true with an address that leads to the node port"})
			}
			return found
		},
	}
}
