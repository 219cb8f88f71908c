package access

import (
	"path"
	"strconv"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Where istiod's pod has its tokens for clusters with federated readers: TokenDir/<cluster>/TokenFile.
const (
	TokenDir  = "/var/run/secrets/mesh"
	TokenFile = "token"
)

// TokenPath returns the path in istiod's pod of its token for a cluster with federated readers.
func TokenPath(target string) string { return path.Join(TokenDir, target, TokenFile) }

// Audience returns the audience of a pair's token: no other API server accepts it.
func Audience(mesh, consumer, target string) string {
	return "kubectl-mesh.dev/" + mesh + "/" + consumer + "/" + target
}

// ReaderUser returns the user of a consumer's control plane at API servers that authenticate it by client certificate:
// its common name. Certificates cannot be revoked, only their user unbound, so each generation has its own.
func ReaderUser(consumer string, generation int32) string {
	if generation == 1 {
		return "mesh:" + consumer
	}
	return "mesh:" + consumer + ":" + strconv.Itoa(int(generation))
}

// FederatedUser returns the user of a consumer's istiod at an API server that trusts its issuer. The prefix
// distinguishes it from the cluster's own accounts.
func FederatedUser(consumer *v1alpha1.Cluster) string {
	return FederatedPrefix(consumer) + IstiodSubject(consumer)
}

// FederatedPrefix returns the prefix of users with tokens from a consumer's issuer.
func FederatedPrefix(consumer *v1alpha1.Cluster) string { return "mesh:" + consumer.Name + ":" }

// IstiodSubject returns the claim sub in tokens of a cluster's istiod. The chart names its account like its Deployment
// (istio manifests/charts/istio-control/istio-discovery/templates/serviceaccount.yaml).
func IstiodSubject(consumer *v1alpha1.Cluster) string {
	return "system:serviceaccount:" + consumer.Istio.Namespace + ":" + IstiodService(consumer)
}

// IstiodService returns the Service of a control plane. Each revision has its own.
func IstiodService(cluster *v1alpha1.Cluster) string {
	if cluster.Istio.Revision != "" {
		return "istiod-" + cluster.Istio.Revision
	}
	return "istiod"
}
