package rules

import (
	"cmp"
	"fmt"
	"net/netip"
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
		Remedy: "Add a link, or remove the cluster.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if in.Graph.Isolated(cluster.Name) && len(in.Mesh.Spec.Clusters) > 1 {
					found = append(found, finding{clusters: []string{cluster.Name}, field: fmt.Sprintf("spec.clusters[%d]", i),
						message: fmt.Sprintf("cluster %s has no link to or from any other", cluster.Name),
						hint:    "add one to spec.links, or remove the cluster"})
				}
			}
			return found
		},
	}
}

func overlappingPods() Rule {
	return Rule{
		ID: "MESH004", Severity: mesh.SeverityError,
		Title: "Pod ranges of one network overlap",
		Why: "Inside a network a call goes straight to the address of a pod. Where two clusters use the same addresses, " +
			"it reaches the wrong cluster, or none.",
		Remedy: "Give the clusters ranges of their own, or networks of their own with east-west gateways between them.",
		find: func(in Input) []finding {
			var found []finding
			for _, ranges := range podRanges(in) {
				found = append(found, overlaps(ranges)...)
			}
			slices.SortFunc(found, func(a, b finding) int { return cmp.Compare(a.field+a.message, b.field+b.message) })
			return found
		},
	}
}

// podRange is one range of pods of a cluster.
type podRange struct {
	prefix         netip.Prefix
	cluster, field string
}

// podRanges groups the ranges by network.
func podRanges(in Input) map[string][]podRange {
	ranges := map[string][]podRange{}
	for i, cluster := range in.Mesh.Spec.Clusters {
		for j, cidr := range cluster.PodCIDRs {
			if prefix, err := netip.ParsePrefix(cidr); err == nil {
				ranges[cluster.Network] = append(ranges[cluster.Network],
					podRange{prefix, cluster.Name, at(i, fmt.Sprintf("podCIDRs[%d]", j))})
			}
		}
	}
	return ranges
}

// overlaps sweeps over the sorted ranges: two of them are disjoint, or one holds the other.
func overlaps(ranges []podRange) []finding {
	slices.SortFunc(ranges, func(a, b podRange) int {
		return cmp.Or(a.prefix.Addr().Compare(b.prefix.Addr()), cmp.Compare(a.prefix.Bits(), b.prefix.Bits()),
			cmp.Compare(a.cluster, b.cluster))
	})
	var found []finding
	var around []podRange // ranges that hold the current one, the widest first
	for _, current := range ranges {
		for len(around) > 0 && !around[len(around)-1].prefix.Overlaps(current.prefix) {
			around = around[:len(around)-1]
		}
		for _, outer := range around {
			if outer.cluster != current.cluster {
				found = append(found, finding{clusters: []string{outer.cluster, current.cluster}, field: current.field,
					message: fmt.Sprintf("%s of %s overlaps %s of %s in the same network", current.prefix, current.cluster, outer.prefix, outer.cluster),
					hint:    "give them ranges or networks of their own"})
				break
			}
		}
		around = append(around, current)
	}
	return found
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
		ID: "MESH005", Severity: mesh.SeverityError,
		Title: "A gateway address is needed and cannot be discovered",
		Why: "With discovery peering a caller finds its peer at the address of the peer's east-west gateway and nowhere " +
			"else. A remote cluster finds the control plane of its primary in the same way. Neither can look it up.",
		Remedy: "Write gateway.addresses of the cluster that is called, or of the primary: the address of its load " +
			"balancer, once it has one.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				who := needsGateway(in, cluster)
				if who == "" || cluster.Gateway != nil && len(cluster.Gateway.Addresses) > 0 {
					continue
				}
				found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "gateway.addresses"),
					message: fmt.Sprintf("%s reaches %s through its east-west gateway, which has no address", who, cluster.Name),
					hint:    "write gateway: {addresses: [ADDRESS]}"})
			}
			return found
		},
	}
}

// needsGateway names a cluster that can find this one through its gateway only.
func needsGateway(in Input, cluster v1alpha1.Cluster) string {
	for other := range in.Graph.Clusters() {
		served := other.ControlPlane == cluster.Name && other.Name != cluster.Name
		peer := in.Mesh.Spec.Discovery == v1alpha1.DiscoveryPeering && in.Graph.Linked(other.Name, cluster.Name)
		if served || peer {
			return other.Name
		}
	}
	return ""
}
