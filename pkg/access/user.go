package access

import (
	"path"
	"strconv"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// Where the pod of istiod has the tokens that it shows to the API servers of clusters with federated
// readers: TokenDir/<cluster>/TokenFile.
const (
	TokenDir  = "/var/run/secrets/mesh"
	TokenFile = "token"
)

// TokenPath is where the pod of istiod has the token that it shows to a cluster with federated readers.
func TokenPath(target string) string { return path.Join(TokenDir, target, TokenFile) }

// Audience is for whom the token of one pair is made: no other API server accepts it.
func Audience(mesh, consumer, target string) string {
	return "kubectl-mesh.dev/" + mesh + "/" + consumer + "/" + target
}

// ReaderUser is who the control plane of a consumer is at API servers that know it by a client
// certificate: the common name in it. Nobody can call a certificate back; what ends one generation
// is that its name is bound no more, so each has its own.
func ReaderUser(consumer string, generation int32) string {
	if generation == 1 {
		return "mesh:" + consumer
	}
	return "mesh:" + consumer + ":" + strconv.Itoa(int(generation))
}

// FederatedUser is who the istiod of a consumer is at the API server of a cluster that trusts its
// issuer. The prefix keeps it apart from the accounts of the cluster itself.
func FederatedUser(consumer *v1alpha1.Cluster) string {
	return FederatedPrefix(consumer) + IstiodSubject(consumer)
}

// FederatedPrefix begins the names of users whose tokens come from the issuer of a consumer.
func FederatedPrefix(consumer *v1alpha1.Cluster) string { return "mesh:" + consumer.Name + ":" }

// IstiodSubject is the claim sub of the tokens of a cluster's istiod. The chart names its account
// like its Deployment (istio manifests/charts/istio-control/istio-discovery/templates/serviceaccount.yaml).
func IstiodSubject(consumer *v1alpha1.Cluster) string {
	return "system:serviceaccount:" + consumer.Istio.Namespace + ":" + IstiodService(consumer)
}

// IstiodService is the Service of a control plane. A revision has its own.
func IstiodService(cluster *v1alpha1.Cluster) string {
	if cluster.Istio.Revision != "" {
		return "istiod-" + cluster.Istio.Revision
	}
	return "istiod"
}
