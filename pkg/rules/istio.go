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
			"linked clusters with different trust domains every other call fails in mutual TLS.",
		Remedy: "List every trust domain of the mesh in spec.trust.domainAliases, or use one for all. If the proxies do " +
			"not check trust domains (PILOT_SKIP_VALIDATE_TRUST_DOMAIN), waive the finding. The ztunnel of an ambient " +
			"cluster supports no aliases: ambient clusters that call each other must have the same domain. The rule does not " +
			"apply to discovery: peering, where that is the usual way.",
		find: func(in Input) []finding {
			spec := in.Mesh.Spec
			if spec.Discovery == v1alpha1.DiscoveryPeering {
				return nil
			}
			known := append([]string{spec.Trust.Domain}, spec.Trust.DomainAliases...)
			var found []finding
			for i, cluster := range spec.Clusters {
				if peer := unknownDomain(in, cluster, known); peer != "" {
					found = append(found, finding{clusters: []string{cluster.Name}, field: at(i, "trustDomain"),
						message: fmt.Sprintf("trust domain %s of %s is not an alias in the mesh, and %s has another domain",
							cluster.TrustDomain, cluster.Name, peer),
						hint: "add it to spec.trust.domainAliases"})
				} else if caller := callerWithForeignDomain(in, cluster); caller != nil {
					found = append(found, finding{clusters: []string{cluster.Name, caller.Name}, field: at(i, "trustDomain"),
						message: fmt.Sprintf("%s's ztunnel accepts only trust domain %s, but %s, which calls it, has %s", cluster.Name,
							cluster.TrustDomain, caller.Name, caller.TrustDomain),
						hint: "use one trust domain for ambient clusters"})
				}
			}
			return found
		},
	}
}

// unknownDomain returns a linked cluster with another trust domain, if a cluster's trust domain is not an alias.
func unknownDomain(in Input, cluster v1alpha1.Cluster, known []string) string {
	if slices.Contains(known, cluster.TrustDomain) {
		return ""
	}
	for other := range in.Graph.Neighbors(cluster.Name) {
		if other.TrustDomain != cluster.TrustDomain {
			return other.Name
		}
	}
	return ""
}

// callerWithForeignDomain returns an ambient caller of an ambient cluster with another trust domain: ztunnel accepts
// only callers with its own (ztunnel src/tls/workload.rs, TrustDomainVerifier).
func callerWithForeignDomain(in Input, cluster v1alpha1.Cluster) *v1alpha1.Cluster {
	if !isAmbient(cluster) {
		return nil
	}
	for caller := range in.Graph.Callers(cluster.Name) {
		if isAmbient(*caller) && caller.TrustDomain != cluster.TrustDomain {
			return caller
		}
	}
	return nil
}

func orphanedFacts() Rule {
	return Rule{
		ID: "MESH010", Severity: mesh.SeverityWarning,
		Title: "A facts file has no cluster",
		Why: "File clusters/NAME.yaml contains facts of the cluster with that name. Without such a cluster it is ignored: " +
			"the name is misspelled, or the cluster was removed from the mesh.",
		Remedy: "Rename the file, add the cluster to mesh.yaml, or remove the file.",
		find: func(in Input) []finding {
			var found []finding
			for _, file := range in.OrphanedFacts {
				found = append(found, finding{file: file, message: "no cluster of the mesh has this name",
					hint: "rename or remove the file, or add the cluster to mesh.yaml"})
			}
			return found
		},
	}
}
