package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// collectAgain ends the remedies that change a cluster, because the collected facts are then out of date.
const collectAgain = "collect again: kubectl mesh collect --cluster "

func otherClusterID() Rule {
	return Rule{
		ID:       "MESH077",
		Severity: mesh.SeverityError,
		Title:    "A control plane runs with another cluster ID",
		Why: "kubectl mesh collect has found another CLUSTER_ID in istiod (installed.clusterID). Proxies and istiod then " +
			"know the cluster by one ID and the remote secrets by another: a control plane that reads both lists every " +
			"endpoint of the cluster twice.",
		Remedy: "Set clusterID of the cluster in mesh.yaml to the installed ID. Or install istiod with the rendered " +
			"values, which changes the ID, and collect again; a waiver allows rendering them until then.",
		find: func(in Input) []finding {
			var found []finding
			for i, cluster := range in.Mesh.Spec.Clusters {
				if cluster.Installed == nil || cluster.Installed.ClusterID == "" || cluster.Installed.ClusterID == cluster.ID() {
					continue
				}
				found = append(found, finding{
					clusters: []string{cluster.Name},
					field:    at(i, "clusterID"),
					message: fmt.Sprintf("%s's istiod runs with cluster ID %q, but the ID in the mesh is %q",
						cluster.Name, cluster.Installed.ClusterID, cluster.ID()),
					hint: fmt.Sprintf("in mesh.yaml, set clusterID: %s in cluster %s; or install istiod with the rendered values "+
						"and %s%s",
						cluster.Installed.ClusterID, cluster.Name, collectAgain, cluster.Name),
				})
			}
			return found
		},
	}
}

func otherMeshID() Rule {
	return Rule{
		ID:       "MESH078",
		Severity: mesh.SeverityWarning,
		Title:    "A control plane runs with another mesh ID",
		Why: "kubectl mesh collect has found another mesh ID in the mesh configuration of the cluster " +
			"(installed.meshID): it may belong to another mesh, and its telemetry is reported under that name. The rendered " +
			"values set this mesh's name in every cluster.",
		Remedy: "Set metadata.name in mesh.yaml to the installed mesh ID. Or install istiod with the rendered values and " +
			"collect again.",
		find: func(in Input) []finding {
			var found []finding
			for _, cluster := range in.Mesh.Spec.Clusters {
				if cluster.Installed == nil || cluster.Installed.MeshID == "" || cluster.Installed.MeshID == in.Mesh.Metadata.Name {
					continue
				}
				found = append(found, finding{clusters: []string{cluster.Name}, field: "metadata.name",
					message: fmt.Sprintf("%s's istiod runs with mesh ID %q, but the name of the mesh is %q",
						cluster.Name, cluster.Installed.MeshID, in.Mesh.Metadata.Name),
					hint: fmt.Sprintf("in mesh.yaml, set metadata.name: %s; or install istiod with the rendered values and %s%s",
						cluster.Installed.MeshID, collectAgain, cluster.Name)})
			}
			return found
		},
	}
}

func contradictedFacts() Rule {
	return Rule{
		ID: "MESH079", Severity: mesh.SeverityWarning,
		Title: "Facts contradict mesh.yaml",
		Why: "mesh.yaml takes precedence over facts. But kubectl mesh collect has found another network, trust domain, " +
			"revision or version in the cluster. Peers reach its workloads, and accept their identities, only if the " +
			"rendered values are right.",
		Remedy: "Correct or remove the value in mesh.yaml. Or change the cluster and collect again.",
		find: func(in Input) []finding {
			var found []finding
			for _, fact := range in.Contradictions {
				found = append(found, finding{
					clusters: []string{fact.Cluster},
					file:     layout.Facts(fact.Cluster),
					field:    "spec." + fact.Field,
					message: fmt.Sprintf("%s of %s is %q in the cluster, and mesh.yaml sets %q",
						fact.Field, fact.Cluster, fmt.Sprint(fact.Reported), fmt.Sprint(fact.Declared)),
					hint: fmt.Sprintf("in mesh.yaml, set %s of %s to %v; or change the cluster and %s%s",
						fact.Field, fact.Cluster, fact.Reported, collectAgain, fact.Cluster),
				})
			}
			return found
		},
	}
}

func replacedRoots() Rule {
	return Rule{
		ID:       "MESH080",
		Severity: mesh.SeverityError,
		partial:  true,
		Title:    "The certificates share no root with a cluster's workloads",
		Why: "kubectl mesh collect has found the roots that the workloads of the cluster trust (installed.rootSHA256), " +
			"and none of them is in trust/root-cert.pem. Applying the certificates would replace the root of trust in one " +
			"step: until every workload has a new certificate, calls fail in mutual TLS; and a running istiod keeps its old " +
			"root until it is restarted.",
		Remedy: "Restore the cluster's current root in trust/ and rotate it: kubectl mesh ca rotate --root. Or trust " +
			"both: pin the cluster's root in spec.trust.ca.roots, and add it with kubectl mesh ca trust. A " +
			"waiver allows the change in one step, such as in a cluster without workloads in the mesh.",
		find: func(in Input) []finding {
			if len(in.Roots) == 0 {
				return nil
			}
			applied := rootSums(in.Roots)
			var found []finding
			for _, cluster := range in.Mesh.Spec.Clusters {
				observed := cluster.Installed != nil && len(cluster.Installed.RootSHA256) > 0
				if !observed || shareAny(cluster.Installed.RootSHA256, applied) {
					continue
				}
				both := slices.Concat(cluster.Installed.RootSHA256, applied)
				found = append(found, finding{
					clusters: []string{cluster.Name},
					file:     in.Roots[0].File,
					message: fmt.Sprintf("%s runs with other roots than those in %s: SHA-256 %s", cluster.Name, in.Roots[0].File,
						strings.Join(cluster.Installed.RootSHA256, ", ")),
					hint: "restore its current root in trust/ and rotate it: kubectl mesh ca rotate --root; or trust its root " +
						"as well: " + in.rootsEdit(slices.Concat(in.Mesh.Spec.Trust.CA.Roots, both)) +
						", then: kubectl mesh ca trust FILE",
				})
			}
			return found
		},
	}
}

func untrustedRoots() Rule {
	return Rule{
		ID:       "MESH092",
		Severity: mesh.SeverityError,
		Title:    "Linked clusters run with different roots",
		Why: "kubectl mesh collect has found the roots that the workloads of both clusters trust (installed.rootSHA256), " +
			"and none is trusted in both. No certificates in trust/ change that. Every call between the clusters fails in " +
			"mutual TLS.",
		Remedy: "Let the provider of Secret cacerts issue certificates under one root for all clusters, restart istiod, " +
			"and collect again. To join two roots step by step: docs/certificates.md. A waiver allows it, such as where the " +
			"link is not in use yet.",
		find: func(in Input) []finding {
			if len(in.Roots) > 0 || in.Mesh.Spec.Trust.CA.Provider == v1alpha1.CAProviderFiles {
				return nil // the desired state decides, and other rules check it
			}
			var found []finding
			for _, cluster := range in.Mesh.Spec.Clusters {
				if peer := untrustedPeer(in.Graph, cluster); peer != nil {
					found = append(found, finding{
						clusters: []string{cluster.Name, peer.Name},
						file:     layout.Facts(cluster.Name),
						field:    "spec.installed.rootSHA256",
						message: fmt.Sprintf("%s and %s trust no common root: SHA-256 %s, and %s", cluster.Name, peer.Name,
							strings.Join(cluster.Installed.RootSHA256, ", "), strings.Join(peer.Installed.RootSHA256, ", ")),
						hint: "provide Secret cacerts under one root in both and " + collectAgain + cluster.Name + "," + peer.Name,
					})
				}
			}
			return found
		},
	}
}

// untrustedPeer returns the first linked cluster, by name, that follows this one and trusts none of its roots, as far
// as both are known.
func untrustedPeer(graph *topology.Graph, cluster v1alpha1.Cluster) *v1alpha1.Cluster {
	if cluster.Installed == nil || len(cluster.Installed.RootSHA256) == 0 {
		return nil
	}
	for peer := range graph.Neighbors(cluster.Name) {
		known := peer.Installed != nil && len(peer.Installed.RootSHA256) > 0
		if known && cluster.Name < peer.Name && !shareAny(cluster.Installed.RootSHA256, peer.Installed.RootSHA256) {
			return peer
		}
	}
	return nil
}

func shareAny(some, others []string) bool {
	return slices.ContainsFunc(some, func(one string) bool { return slices.Contains(others, one) })
}
