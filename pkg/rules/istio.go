package rules

import (
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

func trustDomains() Rule {
	return Rule{
		ID: "MESH007", Severity: mesh.SeverityError,
		Title: "Trust domains differ without aliases",
		Why: "A workload accepts a peer whose certificate carries its own trust domain or one of its aliases. Between " +
			"linked clusters with different trust domains every call fails in mutual TLS otherwise.",
		Remedy: "List every trust domain of the mesh in spec.trust.domainAliases, or use one for all. Where the proxies do " +
			"not check trust domains (PILOT_SKIP_VALIDATE_TRUST_DOMAIN), waive the finding. The ztunnel of an ambient cluster " +
			"knows no aliases: ambient clusters that call each other need one domain. The rule says nothing with discovery " +
			"peering, where that is the usual way.",
		find: func(in Input) []finding {
			spec := in.Mesh.Spec
			if spec.Discovery == v1alpha1.DiscoveryPeering {
				return nil
			}
			known := append([]string{spec.Trust.Domain}, spec.Trust.DomainAliases...)
			var found []finding
			for i, cluster := range spec.Clusters {
				if peer := otherDomain(in, cluster); peer != "" && !slices.Contains(known, cluster.TrustDomain) {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "trustDomain"),
						message: fmt.Sprintf("trust domain %s of %s is not an alias in the mesh, and %s has another", cluster.TrustDomain, cluster.Name, peer),
						hint:    "add it to spec.trust.domainAliases"})
				} else if caller := strangeCaller(in, cluster); caller != nil {
					found = append(found, finding{clusters: []string{cluster.Name, caller.Name}, field: at(i, "trustDomain"),
						message: fmt.Sprintf("ztunnel of %s takes trust domain %s only, and %s, which calls it, has %s", cluster.Name, cluster.TrustDomain, caller.Name, caller.TrustDomain),
						hint:    "use one trust domain for ambient clusters"})
				}
			}
			return found
		},
	}
}

// otherDomain names a linked cluster with another trust domain.
func otherDomain(in Input, cluster v1alpha1.Cluster) string {
	for other := range in.Graph.Clusters() {
		if other.TrustDomain != cluster.TrustDomain &&
			(in.Graph.Linked(cluster.Name, other.Name) || in.Graph.Linked(other.Name, cluster.Name)) {
			return other.Name
		}
	}
	return ""
}

// strangeCaller is an ambient caller of an ambient cluster with another trust domain: ztunnel
// compares that of a caller with its own, and with nothing else (ztunnel src/tls/workload.rs,
// TrustDomainVerifier).
func strangeCaller(in Input, cluster v1alpha1.Cluster) *v1alpha1.Cluster {
	for caller := range in.Graph.Clusters() {
		if isAmbient(cluster) && isAmbient(*caller) && caller.TrustDomain != cluster.TrustDomain && in.Graph.Linked(caller.Name, cluster.Name) {
			return caller
		}
	}
	return nil
}

func oldVersion() Rule {
	return Rule{
		ID: "MESH008", Severity: mesh.SeverityError,
		Title: "The Istio version lacks a feature in use",
		Why: "Ambient across clusters begins with Istio 1.27, peering with 1.24.3 of the solo distribution and its calls at " +
			"node ports with 1.28, and readers with auth federated with 1.13. The TLSRoutes by which remote clusters reach " +
			"istiod at a gateway of Gateway API are of version v1, which istiod reads from 1.30 on. An older control plane " +
			"does not know what is rendered for them.",
		Remedy: "Upgrade the control plane, and correct istio.version. A gateway that Helm installs, with gateway.api istio, " +
			"leads remote clusters to istiod with every version.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				for _, gate := range gates(in, cluster) {
					if !cluster.Istio.AtLeast(gate.since) {
						found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "istio.version"),
							message: fmt.Sprintf("Istio %s of %s has no %s, which begins with %s", cluster.Istio.Version, cluster.Name, gate.feature, gate.since),
							hint:    gate.instead + "upgrade the control plane of " + cluster.ControlPlane})
					}
				}
			}
			return found
		},
	}
}

// gate is a feature, the first version that has it, and what else can be done.
type gate struct{ feature, since, instead string }

func gates(in Input, cluster v1alpha1.Cluster) []gate {
	var gates []gate
	switch {
	case in.Graph.Isolated(cluster.Name):
	case in.Mesh.Spec.Discovery == v1alpha1.DiscoveryPeering:
		gates = append(gates, gate{feature: "peering", since: "1.24.3"})
	case isAmbient(cluster):
		gates = append(gates, gate{feature: "ambient mesh across clusters", since: "1.27.0"})
	}
	if nodePortPeer(in, cluster) {
		gates = append(gates, gate{feature: "peering at node ports", since: "1.28.0"})
	}
	if in.Graph.Exposure(cluster.Name).Remotes && cluster.EastWest().API == v1alpha1.GatewayAPIKubernetes {
		gates = append(gates, gate{"TLSRoute to istiod for remote clusters", "1.30.0", "write gateway: {api: istio}, or "})
	}
	for target := range in.Graph.ReadBy(cluster.Name) {
		if target.Reader.Auth == v1alpha1.ReaderAuthFederated {
			return append(gates, gate{feature: "token files in remote secrets", since: "1.13.0"})
		}
	}
	return gates
}

// nodePortPeer tells whether a cluster is called at its node ports, or calls a peer at such.
func nodePortPeer(in Input, cluster v1alpha1.Cluster) bool {
	if in.Mesh.Spec.Discovery != v1alpha1.DiscoveryPeering {
		return false
	}
	for peer := range in.Graph.Peers(cluster.Name) {
		if peer.EastWest().Service == v1alpha1.ServiceNodePort && in.Graph.Apart(cluster.Name, peer.Name) {
			return true
		}
	}
	return cluster.EastWest().Service == v1alpha1.ServiceNodePort && in.Graph.Exposure(cluster.Name).Workloads
}

func strayFacts() Rule {
	return Rule{
		ID: "MESH010", Severity: mesh.SeverityWarning,
		Title: "A facts file belongs to no cluster",
		Why: "A file clusters/NAME.yaml fills in the cluster of that name. Without such a cluster nobody reads it: a " +
			"name is misspelled, or a cluster has left the mesh.",
		Remedy: "Rename the file, add the cluster to mesh.yaml, or remove the file.",
		find: func(in Input) []finding {
			var found []finding
			for _, file := range in.Strays {
				found = append(found, finding{file: file, message: "no cluster of the mesh has this name",
					hint: "rename or remove the file, or add the cluster to mesh.yaml"})
			}
			return found
		},
	}
}
