package rules

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func unusedGatewayAddress() Rule {
	return Rule{
		ID:       "MESH100",
		Severity: mesh.SeverityError,
		Title:    "A caller does not learn the addresses of a gateway",
		Why: "With gateway.addressesOnly, no control plane discovers the gateway. A control plane that does not get the " +
			"addresses knows no gateway to that network: sidecars call pod addresses that they cannot reach.",
		Remedy: "Set gateway.peerGateway: true, for every caller, or istio.meshNetworks: true in each cluster with " +
			"sidecars that calls it.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				own := cluster.EastWest()
				if !own.AddressesOnly || !usesGatewayAddress(in, cluster) {
					continue
				}
				if without := callersWithoutAddress(in, cluster); len(without) > 0 {
					found = append(found, finding{
						clusters: []string{cluster.Name},
						field:    at(i, "gateway.addressesOnly"),
						message: fmt.Sprintf("%s neither gets nor discovers the gateway addresses of %s",
							listNames(without), cluster.Name),
						hint: "also set peerGateway: true",
					})
				}
			}
			return found
		},
	}
}

func secondAddress() Rule {
	return Rule{
		ID:       "MESH093",
		Severity: mesh.SeverityWarning,
		Title:    "Callers discover a gateway address that is not declared",
		Why: "kubectl mesh collect has found other addresses of the gateway in the cluster than mesh.yaml declares, as " +
			"behind NAT. istiod discovers the gateway's Service itself, and adds the addresses of peer Gateways and " +
			"meshNetworks: a share of the calls goes to each address, and those to an unreachable address fail. A declared " +
			"address that no caller gets is not used at all. In ambient mode istiod uses any one of them.",
		Remedy: "Set gateway.addressesOnly: true with gateway.peerGateway: true, and callers use the declared addresses " +
			"instead of the discovered ones. If callers reach both addresses, waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				extra := undeclaredAddresses(in, cluster)
				if len(extra) == 0 {
					continue
				}
				found = append(found, finding{
					clusters: []string{cluster.Name},
					field:    at(i, "gateway.addresses"),
					message: fmt.Sprintf("callers of %s also discover its gateway at %s, in addition to %s",
						cluster.Name, listNames(extra), listNames(cluster.Gateway.Addresses)),
					hint: "set gateway: {addressesOnly: true, peerGateway: true} if callers reach only the declared address",
				})
			}
			return found
		},
	}
}

func ambientNodePort() Rule {
	return Rule{
		ID:       "MESH094",
		Severity: mesh.SeverityWarning,
		Title:    "Callers discover only nodes with an ExternalIP",
		Why: "For a gateway of type NodePort, istiod discovers the nodes that have an address of type ExternalIP (istio " +
			"pilot/pkg/serviceregistry/kube/controller/controller.go). Nodes on premises, in kind and in private clusters " +
			"have none: then istiod knows no gateway to the network, and sidecars call pod addresses that they cannot reach.",
		Remedy: "Set gateway.addresses to the node addresses that callers reach, gateway.nodePort, and " +
			"gateway.peerGateway: true. If nodes have an ExternalIP that callers reach, as kubectl get nodes -o wide " +
			"prints, waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				own := cluster.EastWest()
				discovered := own.Service == v1alpha1.ServiceNodePort && !own.AddressesOnly && !isAmbient(cluster)
				if !discovered || !usesGatewayAddress(in, cluster) {
					continue
				}
				callers := discoveringCallers(in, cluster)
				if len(callers) == 0 {
					continue
				}
				why := "discovers the nodes of " + cluster.Name + " that have an ExternalIP, and no other nodes"
				if cluster.GKE != nil && cluster.GKE.Private {
					why = "discovers no node of " + cluster.Name + ": nodes of a private cluster have no ExternalIP"
				}
				found = append(found, finding{
					clusters: []string{cluster.Name},
					field:    at(i, "gateway.service"),
					message:  listNames(callers) + " " + why,
					hint:     "set gateway: {service: NodePort, addresses: [NODE-ADDRESS], nodePort: PORT, peerGateway: true}",
				})
			}
			return found
		},
	}
}

func unreachableGateway() Rule {
	return Rule{
		ID: "MESH095", Severity: mesh.SeverityError,
		Title: "A peer can never reach a gateway's address",
		Why: "A loopback, unspecified or link-local address means another machine to every caller, and a name such as " +
			"istio-eastwestgateway.istio-system.svc.cluster.local means the caller's own cluster.",
		Remedy: "Set the address of the gateway's load balancer, or of a node or a NAT in front of it, that callers reach.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				for n, address := range cluster.EastWest().Addresses {
					name := canonical(address)
					if what := cmp.Or(noAddress(name), nameInCluster(name)); what != "" {
						found = append(found, finding{
							clusters: []string{cluster.Name},
							field:    fmt.Sprintf("%s[%d]", at(i, "gateway.addresses"), n),
							message: fmt.Sprintf("%s is %s: no other cluster can reach the gateway of %s there",
								address, what, cluster.Name),
							hint: "set the address at which other clusters reach the gateway",
						})
					}
				}
			}
			return found
		},
	}
}

func privateGatewayName() Rule {
	return Rule{
		ID:       "MESH096",
		Severity: mesh.SeverityWarning,
		Title:    "A gateway has a private name",
		Why: "The callers' control planes resolve the name in the DNS of their own network. Names under .internal, " +
			".local and the like are in a private zone, and a name without dots is in no zone at all: if it cannot be " +
			"resolved, istiod drops the address.",
		Remedy: "Set an address, or a name that every caller resolves. If the zone is linked to the networks of all " +
			"callers, waive the finding.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				for n, address := range cluster.EastWest().Addresses {
					if why, instead := privateZone(canonical(address)); why != "" {
						found = append(found, finding{
							clusters: []string{cluster.Name},
							field:    fmt.Sprintf("%s[%d]", at(i, "gateway.addresses"), n),
							message:  fmt.Sprintf("%s %s, but other clusters resolve it elsewhere", address, why),
							hint:     instead,
						})
					}
				}
			}
			return found
		},
	}
}

func sharedGateway() Rule {
	return Rule{
		ID:       "MESH097",
		Severity: mesh.SeverityError,
		Title:    "Two networks have the same gateway address",
		Why: "An east-west gateway is the entry point of its own cluster's network. If two clusters in different " +
			"networks declare the same address and port, calls to one of them reach the other, which does not know the " +
			"service or responds in its place.",
		Remedy: "Set the address of each cluster's own gateway. Behind one address that NAT forwards by port, set for " +
			"each cluster its own gateway.nodePort.",
		find: func(in Input) []finding {
			first := map[string]int{}
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if !in.Graph.Exposure(cluster.Name).Any() {
					continue
				}
				own := cluster.EastWest()
				port := own.AdvertisedPort()
				if in.Mesh.Spec.Discovery == v1alpha1.DiscoveryPeering {
					port = own.XDSPort
				}
				for n, address := range own.Addresses {
					key := fmt.Sprint(canonical(address), " ", port)
					other, there := first[key]
					if !there {
						first[key] = i
						continue
					}
					before := in.Mesh.Spec.Clusters[other]
					if other == i || !in.Graph.CrossNetwork(before.Name, cluster.Name) {
						continue
					}
					found = append(found, finding{
						clusters: []string{before.Name, cluster.Name},
						field:    fmt.Sprintf("%s[%d]", at(i, "gateway.addresses"), n),
						message: fmt.Sprintf("the gateways of %s and %s both have %s, port %d, and their networks differ",
							before.Name, cluster.Name, address, port),
						hint: "set the address of the gateway of " + cluster.Name + ", or its own nodePort behind a shared address",
					})
				}
			}
			return found
		},
	}
}

// usesGatewayAddress reports whether sidecars or ztunnels of other networks call a cluster through its gateway without
// a peer Gateway.
func usesGatewayAddress(in Input, cluster v1alpha1.Cluster) bool {
	return in.Mesh.Spec.Discovery == v1alpha1.DiscoveryRemoteSecret && in.Graph.Exposure(cluster.Name).Workloads
}

// callersWithoutAddress returns the control planes in other networks that read a cluster and do not get its addresses.
func callersWithoutAddress(in Input, cluster v1alpha1.Cluster) []string {
	var without []string
	for reader := range in.Graph.Consumers(cluster.Name) {
		usesAddress := cluster.EastWest().PeerGateway || *reader.Istio.MeshNetworks && !isAmbient(*reader)
		if !usesAddress && in.Graph.CrossNetwork(reader.Name, cluster.Name) {
			without = append(without, reader.Name)
		}
	}
	return without
}

// discoveringCallers returns the control planes in other networks that use only the discovered addresses of a cluster
// for sidecars. meshNetworks without an address names the Service, which is equivalent.
func discoveringCallers(in Input, cluster v1alpha1.Cluster) []string {
	own := cluster.EastWest()
	var names []string
	for reader := range in.Graph.Consumers(cluster.Name) {
		usesAddress := own.PeerGateway || *reader.Istio.MeshNetworks && len(own.Addresses) > 0
		if !usesAddress && !isAmbient(*reader) && in.Graph.CrossNetwork(reader.Name, cluster.Name) {
			names = append(names, reader.Name)
		}
	}
	return names
}

// undeclaredAddresses returns the collected addresses of a gateway that mesh.yaml does not declare.
func undeclaredAddresses(in Input, cluster v1alpha1.Cluster) []string {
	if cluster.Gateway == nil || cluster.Gateway.AddressesOnly || !usesGatewayAddress(in, cluster) {
		return nil
	}
	declared := map[string]bool{}
	for _, address := range cluster.Gateway.Addresses {
		declared[canonical(address)] = true
	}
	var extra []string
	for _, fact := range in.GatewayOverrides {
		if fact.Cluster != cluster.Name {
			continue
		}
		addresses, _ := fact.Reported.([]string)
		for _, address := range addresses {
			if !declared[canonical(strings.TrimSpace(address))] {
				extra = append(extra, address)
			}
		}
	}
	return extra
}
