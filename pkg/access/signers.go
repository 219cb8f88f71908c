package access

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Signs tells whether the control plane of a cluster takes a bundle of ours: a remote has none,
// and Google's has its own.
func Signs(cluster *v1alpha1.Cluster) bool {
	return cluster.ControlPlane == cluster.Name && !*cluster.Istio.Managed
}

// Signers are the clusters whose istiod signs certificates, in their order.
func Signers(graph *topology.Graph) []string {
	var names []string
	for cluster := range graph.Clusters() {
		if Signs(cluster) {
			names = append(names, cluster.Name)
		}
	}
	return names
}

// NeedsRoot tells whether the workspace has to supply a root of trust: several istiods sign, and nothing else gives
// them their certificates. A single istiod makes a root of its own.
func NeedsRoot(mesh *v1alpha1.Mesh, graph *topology.Graph) bool {
	return mesh.Spec.Trust.CA.Provider == v1alpha1.CAProviderFiles && len(Signers(graph)) > 1
}

// FirstCertificates are the commands that give a mesh its root and its first certificates.
func FirstCertificates(ca v1alpha1.CA, hasRoot bool) string {
	issue := "kubectl mesh ca issue --all"
	if ca.Keys == v1alpha1.CAKeysCluster {
		issue = "kubectl mesh ca request and kubectl mesh ca sign for each cluster"
	}
	if hasRoot {
		return issue
	}
	return "kubectl mesh ca init, then: " + issue
}
