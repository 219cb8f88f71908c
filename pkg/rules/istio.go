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
			"not check trust domains (PILOT_SKIP_VALIDATE_TRUST_DOMAIN), waive the finding. The rule says nothing with " +
			"discovery peering, where that is the usual way.",
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

func oldVersion() Rule {
	return Rule{
		ID: "MESH008", Severity: mesh.SeverityError,
		Title: "The Istio version lacks a feature in use",
		Why: "Ambient across clusters begins with Istio 1.27, peering with 1.24.3 of the solo distribution, and " +
			"readers with auth federated with 1.13. An older control plane does not know what is rendered for them.",
		Remedy: "Upgrade the control plane, and correct istio.version.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				for _, gate := range gates(in, cluster) {
					if !cluster.Istio.AtLeast(gate.since) {
						found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "istio.version"),
							message: fmt.Sprintf("Istio %s of %s has no %s, which begins with %s", cluster.Istio.Version, cluster.Name, gate.feature, gate.since),
							hint:    "upgrade the control plane of " + cluster.ControlPlane})
					}
				}
			}
			return found
		},
	}
}

// gate is a feature and the first version that has it.
type gate struct{ feature, since string }

func gates(in Input, cluster v1alpha1.Cluster) []gate {
	var gates []gate
	switch {
	case in.Graph.Isolated(cluster.Name):
	case in.Mesh.Spec.Discovery == v1alpha1.DiscoveryPeering:
		gates = append(gates, gate{"peering", "1.24.3"})
	case cluster.Istio.DataPlane == v1alpha1.DataPlaneAmbient:
		gates = append(gates, gate{"ambient mesh across clusters", "1.27.0"})
	}
	for target := range in.Graph.ReadBy(cluster.Name) {
		if target.Reader.Auth == v1alpha1.ReaderAuthFederated {
			return append(gates, gate{"token files in remote secrets", "1.13.0"})
		}
	}
	return gates
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
