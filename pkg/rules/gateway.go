package rules

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

func ambientGateway() Rule {
	return Rule{
		ID: "MESH018", Severity: mesh.SeverityError,
		Title: "An ambient network does not have exactly one gateway that its callers discover",
		Why: "In ambient mode istiod uses the first gateway that it finds for a network and ignores the others (istio " +
			"issue 56960); the order is not defined. It finds the gateways of the clusters that it reads: if there is none, " +
			"it drops the workloads of the network.",
		Remedy: "Set gateway: {} in one cluster of the network, which then has the gateway for all of them. Link every " +
			"caller of the network with it.",
		find: func(in Input) []finding { return append(severalGateways(in), hiddenGateways(in)...) },
	}
}

// entrances returns the clusters of ambient networks with a gateway for calls, by network.
func entrances(in Input) map[string][]string {
	all := map[string][]string{}
	for cluster := range in.Graph.Clusters() {
		if isAmbient(*cluster) && in.Graph.Exposure(cluster.Name).Workloads {
			all[cluster.Network] = append(all[cluster.Network], cluster.Name)
		}
	}
	return all
}

func isAmbient(cluster v1alpha1.Cluster) bool {
	return cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient
}

func severalGateways(in Input) []finding {
	if in.Mesh.Spec.Discovery != v1alpha1.DiscoveryRemoteSecret {
		return nil
	}
	all := entrances(in)
	var found []finding
	for i, cluster := range in.Mesh.Spec.Clusters {
		names := all[cluster.Network]
		if len(names) < 2 || cluster.Name != names[0] {
			continue
		}
		found = append(found, finding{clusters: names, field: at(i, "gateway"),
			message: fmt.Sprintf("network %s would have %d ambient gateways, in %s: istiod uses one of them", cluster.Network,
				len(names), strings.Join(names, ", ")),
			hint: "declare gateway in one cluster of the network only"})
	}
	return found
}

func hiddenGateways(in Input) []finding {
	all := entrances(in)
	var found []finding
	for i, caller := range in.Mesh.Spec.Clusters {
		if !isAmbient(caller) {
			continue
		}
		known := knownNetworks(in, caller.Name)
		for target := range in.Graph.Targets(caller.Name) {
			gates := all[target.Network]
			if known[target.Network] || len(gates) == 0 || !isAmbient(*target) ||
				!in.Graph.CrossNetwork(caller.Name, target.Name) {
				continue
			}
			known[target.Network] = true // once is enough
			found = append(found, finding{clusters: []string{caller.Name, gates[0]}, field: fmt.Sprintf("spec.clusters[%d]", i),
				message: fmt.Sprintf("%s calls network %s, but is not linked with %s, which has its gateway", caller.Name,
					target.Network, gates[0]),
				hint: fmt.Sprintf("link %s with %s", caller.Name, gates[0])})
		}
	}
	return found
}

// knownNetworks returns the networks whose ambient gateway a control plane discovers.
func knownNetworks(in Input, plane string) map[string]bool {
	known := map[string]bool{}
	for target := range in.Graph.Targets(plane) {
		if isAmbient(*target) && in.Graph.Exposure(target.Name).Workloads {
			known[target.Network] = true
		}
	}
	return known
}

func idleGateway() Rule {
	return Rule{
		ID: "MESH019", Severity: mesh.SeverityWarning,
		Title: "A declared gateway is not used",
		Why: "Clusters in one network call each other's pods directly. A gateway with a network label on one side is a " +
			"known cause of calls that work in one direction only: one control plane sends them to the gateway, the other to " +
			"pods. It is not rendered.",
		Remedy: "Remove the gateway from mesh.yaml, and from the cluster if it exists; or set the networks, if they do " +
			"not route to each other.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if cluster.Gateway == nil || in.Graph.Exposure(cluster.Name).Any() {
					continue
				}
				message, hint := idleReason(in, cluster)
				found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "gateway"),
					message: message + " is not rendered", hint: hint})
			}
			return found
		},
	}
}

// idleReason explains why no traffic uses a cluster's gateway: none is allowed, or none needs it.
func idleReason(in Input, cluster v1alpha1.Cluster) (message, hint string) {
	if in.Mesh.Spec.Discovery == v1alpha1.DiscoveryFleet {
		return "a fleet has no gateways between its clusters: that of " + cluster.Name, "remove gateway"
	}
	for range in.Graph.Callers(cluster.Name) {
		return fmt.Sprintf("no cluster calls %s from another network: its gateway", cluster.Name),
			"remove gateway, or set another network for the cluster"
	}
	return fmt.Sprintf("no cluster calls %s: its gateway", cluster.Name), "remove gateway, or add the missing link"
}

func undeployedGateway() Rule {
	return Rule{
		ID: "MESH020", Severity: mesh.SeverityError,
		Title: "No controller deploys such a gateway",
		Why: "The cluster's own control plane deploys a Gateway of gateway.networking.k8s.io: a cluster that is served by " +
			"another cluster has none, and Google's managed control plane does not support Istio's classes. A Gateway of " +
			"networking.istio.io configures ports of Envoy, which neither ambient nor peering uses between clusters. An " +
			"ingress gateway is always installed with Helm.",
		Remedy: "Omit gateway.api, or set the one that the finding names.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if message, hint := undeployed(in, cluster); message != "" {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i,
						"gateway.api"), message: message, hint: hint})
				}
			}
			return found
		},
	}
}

func undeployed(in Input, cluster v1alpha1.Cluster) (message, hint string) {
	if !in.Graph.Exposure(cluster.Name).Any() {
		return "", ""
	}
	gateway := cluster.EastWest()
	helm, managed := gateway.API == v1alpha1.GatewayAPIIstio, *cluster.Istio.Managed
	switch {
	case helm && in.Mesh.Spec.Discovery == v1alpha1.DiscoveryPeering:
		return fmt.Sprintf("peers of %s connect to a gateway of class istio-eastwest, not to one of networking.istio.io",
			cluster.Name), "set api: gateway-api"
	case helm && isAmbient(cluster):
		return fmt.Sprintf("a gateway of networking.istio.io accepts no ambient traffic for %s", cluster.Name),
			"set api: gateway-api"
	case !helm && cluster.ControlPlane != cluster.Name:
		return fmt.Sprintf("no control plane in %s deploys its gateway: %s serves it", cluster.Name, cluster.ControlPlane),
			"set api: istio"
	case !helm && managed:
		return fmt.Sprintf("%s's managed control plane deploys no gateways of Istio's classes", cluster.Name),
			"set api: istio"
	case !helm && refusesTLS(cluster.Istio):
		return fmt.Sprintf("Google's istiod %s in %s rejects listeners of protocol TLS", cluster.Istio.Version, cluster.Name),
			"set api: istio"
	case !helm && gateway.Workload == v1alpha1.WorkloadIngress:
		return fmt.Sprintf("the ingress gateway of %s is installed with Helm", cluster.Name), "set api: istio"
	}
	return "", ""
}

// refusesTLS reports whether istiod accepts listeners of protocol TLS only with an environment variable that the
// chart's values set, but Google's installer does not.
func refusesTLS(istio v1alpha1.Istio) bool {
	return istio.Distribution == v1alpha1.DistributionCSM && istio.Release().Has(upstream.GatedTLSListeners)
}

func oneAddress() Rule {
	return Rule{
		ID: "MESH021", Severity: mesh.SeverityError, Firm: true,
		Title: "A peer has several addresses",
		Why: "The behavior of Solo's control plane for a peer Gateway with several addresses is not documented. Load " +
			"balancing and failover belong to a host name or a load balancer behind one address.",
		Remedy: "Set one address: a load balancer's, or a host name that resolves to several.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if in.Graph.Exposure(cluster.Name).Peers && len(cluster.EastWest().Addresses) > 1 {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "gateway.addresses"),
						message: fmt.Sprintf("%s has %d addresses: a peer Gateway accepts one", cluster.Name,
							len(cluster.Gateway.Addresses)),
						hint: "set one of them, or a host name for all"})
				}
			}
			return found
		},
	}
}
