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
			"discover the node port and the addresses of nodes with an ExternalIP, and of no others (MESH094); what peer Gateways and meshNetworks declare " +
			"is added to that, or takes its place with gateway.addressesOnly. Clusters without a control plane look for istiod at ports " +
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

func untoldNodePort() Rule {
	return Rule{
		ID: "MESH089", Severity: mesh.SeverityError,
		Title: "Callers are told an address without its node port",
		Why: "A peer Gateway and meshNetworks tell sidecars an address and a port. At the address of a node, port 15443 of a gateway of type " +
			"NodePort leads nowhere: every call through the gateway fails.",
		Remedy: "Write gateway.nodePort, the node port of the gateway's Service that leads to port 15443, and keep it fixed. Where something of your " +
			"own leads from port 15443 of the addresses to the node port, write gateway.nodePort: 15443.",
		find: func(in Input) []finding {
			if in.Mesh.Spec.Discovery != v1alpha1.DiscoveryRemoteSecret {
				return nil
			}
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				own := cluster.EastWest()
				if own.Service != v1alpha1.ServiceNodePort || own.NodePort != 0 || len(own.Addresses) == 0 || isAmbient(cluster) {
					continue
				}
				if caller := toldCaller(in, cluster); caller != "" {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "gateway.nodePort"),
						message: fmt.Sprintf("%s is told %s with port %d, which is no node port of %s", caller, listNames(own.Addresses), own.Port(), cluster.Name),
						hint: fmt.Sprintf("write the node port: kubectl -n %s get service %s -o 'jsonpath={.spec.ports[?(@.port==%d)].nodePort}'",
							own.Namespace, own.ServiceName(), own.Port())})
				}
			}
			return found
		},
	}
}

// toldCaller is the first control plane that is told the addresses of a cluster's gateway.
func toldCaller(in Input, cluster v1alpha1.Cluster) string {
	if !in.Graph.Exposure(cluster.Name).Workloads {
		return ""
	}
	for reader := range in.Graph.ReadersOf(cluster.Name) {
		if in.Graph.Apart(reader.Name, cluster.Name) && (cluster.EastWest().PeerGateway || *reader.Istio.MeshNetworks) {
			return reader.Name
		}
	}
	return ""
}
