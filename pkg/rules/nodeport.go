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
		Why: "Ambient callers use the addresses in a gateway's status and port 15008, regardless of its Service (istio " +
			"pilot/pkg/serviceregistry/ambient/multicluster.go). A gateway of type NodePort has neither. Sidecars discover " +
			"the node port and only the addresses of nodes with an ExternalIP (MESH094); addresses of peer Gateways and " +
			"meshNetworks are added to that, or replace it with gateway.addressesOnly. Clusters without a control plane " +
			"connect to istiod at ports 15012 and 15017 of their primary's address.",
		Remedy: "Use a load balancer. If port 15008 of an address is forwarded to the node port, set " +
			"gateway.addresses to that address and gateway.peerGateway: true. If it is forwarded to istiod, waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if cluster.EastWest().Service != v1alpha1.ServiceNodePort {
					continue
				}
				if message, hint := unreached(in, cluster); message != "" {
					found = append(found, finding{
						clusters: []string{cluster.Name},
						field:    at(i, "gateway.service"),
						message:  message,
						hint:     hint,
					})
				}
			}
			return found
		},
	}
}

// unreached explains who does not discover the node ports of a cluster, if any caller needs them.
func unreached(in Input, cluster v1alpha1.Cluster) (message, hint string) {
	if in.Mesh.Spec.Discovery != v1alpha1.DiscoveryRemoteSecret {
		return "", ""
	}
	for remote := range in.Graph.Served(cluster.Name) {
		return fmt.Sprintf("%s connects to istiod at ports 15012 and 15017 of %s, not at node ports",
				remote.Name, cluster.Name),
			"set service: LoadBalancer, or waive the finding if these ports are forwarded to the node ports"
	}
	if isAmbient(cluster) && !cluster.EastWest().PeerGateway && in.Graph.Exposure(cluster.Name).Workloads {
		return fmt.Sprintf("ambient callers do not learn the node port of %s", cluster.Name),
			"set service: LoadBalancer, or peerGateway: true with an address that is forwarded to the node port"
	}
	return "", ""
}

func undiscoveredNodePort() Rule {
	return Rule{
		ID:       "MESH089",
		Severity: mesh.SeverityError,
		Title:    "Callers get a gateway address without its node port",
		Why: "Peer Gateways and meshNetworks configure an address and a port for sidecars. At a node's address, port " +
			"15443 of a gateway of type NodePort is not open: every call through the gateway fails.",
		Remedy: "Set gateway.nodePort to the node port of port 15443 in the gateway's Service, and keep it fixed. If " +
			"port 15443 of the addresses is forwarded to the node port, set gateway.nodePort: 15443.",
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
				if caller := callerWithAddress(in, cluster); caller != "" {
					found = append(found, finding{
						clusters: []string{cluster.Name},
						field:    at(i, "gateway.nodePort"),
						message: fmt.Sprintf("%s calls %s at port %d, which is not a node port of %s",
							caller, listNames(own.Addresses), own.Port(), cluster.Name),
						hint: fmt.Sprintf("set the node port: kubectl -n %s get service %s -o "+
							"'jsonpath={.spec.ports[?(@.port==%d)].nodePort}'",
							own.Namespace, own.ServiceName(), own.Port()),
					})
				}
			}
			return found
		},
	}
}

// callerWithAddress returns the first control plane that gets the addresses of a cluster's gateway.
func callerWithAddress(in Input, cluster v1alpha1.Cluster) string {
	if !in.Graph.Exposure(cluster.Name).Workloads {
		return ""
	}
	for reader := range in.Graph.Consumers(cluster.Name) {
		if in.Graph.CrossNetwork(reader.Name, cluster.Name) &&
			(cluster.EastWest().PeerGateway || *reader.Istio.MeshNetworks) {
			return reader.Name
		}
	}
	return ""
}
