package access

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Signs reports whether a cluster's control plane uses our certificates: a remote has no control plane, and Google's
// has its own.
func Signs(cluster *v1alpha1.Cluster) bool {
	return cluster.ControlPlane == cluster.Name && !*cluster.Istio.Managed
}

// Signers returns the clusters whose istiod signs certificates, in order.
func Signers(graph *topology.Graph) []string {
	var names []string
	for cluster := range graph.Clusters() {
		if Signs(cluster) {
			names = append(names, cluster.Name)
		}
	}
	return names
}

// NeedsRoot reports whether the workspace must provide a root: several istiods sign, and nothing else provides their
// certificates. A single istiod creates its own root.
func NeedsRoot(mesh *v1alpha1.Mesh, graph *topology.Graph) bool {
	return mesh.Spec.Trust.CA.Provider == v1alpha1.CAProviderFiles && len(Signers(graph)) > 1
}

// FirstCertificates returns the commands that create the root and the first certificates.
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
