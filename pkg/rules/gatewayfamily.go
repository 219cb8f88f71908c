package rules

import (
	"fmt"
	"net/netip"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func gatewayOfOtherFamily() Rule {
	return Rule{
		ID:       "MESH101",
		Severity: mesh.SeverityWarning,
		Title:    "A caller's pods cannot use the IP family of a gateway",
		Why: "istiod gives a sidecar that has only IPv4 addresses no gateway with an IPv6 address, and the reverse (istio " +
			"pilot/pkg/xds/endpoints/ep_filters.go). Without another gateway the sidecar gets only the endpoints of " +
			"its own network, and nothing reports it.",
		Remedy: "Give the gateway an address of the callers' family too, or dual-stack pods to the callers.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				gateway, known := familyOfAddresses(cluster.EastWest().Addresses)
				if !known || !usesGatewayAddress(in, cluster) {
					continue
				}
				if callers := callersOfOtherFamily(in, cluster, gateway); len(callers) > 0 {
					found = append(found, finding{
						clusters: []string{cluster.Name},
						field:    at(i, "gateway.addresses"),
						message: fmt.Sprintf("the gateway of %s has only %s addresses, and the pods of %s have no such address: "+
							"istiod leaves the gateway out there", cluster.Name, gateway, listNames(callers)),
						hint: "add an " + string(gateway.other()) + " address",
					})
				}
			}
			return found
		},
	}
}

// family is the only IP family of addresses: IPv4 or IPv6.
type family string

func (f family) other() family {
	if f == "IPv4" {
		return "IPv6"
	}
	return "IPv4"
}

func familyOf(address netip.Addr) family {
	if address.Unmap().Is4() {
		return "IPv4"
	}
	return "IPv6"
}

// familyOfAddresses returns the family of a gateway's addresses. It is unknown if there are several, no addresses, or
// names, which may be resolved to any.
func familyOfAddresses(addresses []string) (only family, known bool) {
	for i, text := range addresses {
		address, isAddress := addressOf(text)
		if !isAddress || i > 0 && familyOf(address) != only {
			return "", false
		}
		only = familyOf(address)
	}
	return only, len(addresses) > 0
}

// familyOfPods returns the family of a cluster's pods. It is unknown if there are several, or no ranges.
func familyOfPods(cluster v1alpha1.Cluster) (only family, known bool) {
	ranges := rangesOf(0, cluster)
	for i, one := range ranges {
		if own := familyOf(one.prefix.Addr()); i > 0 && own != only {
			return "", false
		}
		only = familyOf(one.prefix.Addr())
	}
	return only, len(ranges) > 0
}

// callersOfOtherFamily returns the clusters in other networks whose sidecars call a cluster and have no address of its
// gateway's family.
func callersOfOtherFamily(in Input, cluster v1alpha1.Cluster, gateway family) []string {
	var callers []string
	for consumer := range in.Graph.Consumers(cluster.Name) {
		pods, known := familyOfPods(*consumer)
		if known && pods != gateway && !isAmbient(*consumer) && in.Graph.CrossNetwork(consumer.Name, cluster.Name) {
			callers = append(callers, consumer.Name)
		}
	}
	return callers
}
