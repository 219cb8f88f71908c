package access

import (
	"strconv"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// ReaderRole names the ClusterRole and the Role of all readers.
const ReaderRole = "mesh-reader"

// Account returns the ServiceAccount with which consumer reads target.
func Account(target *v1alpha1.Cluster, consumer string) string {
	if shared := target.Reader.ServiceAccount; shared != "" {
		return shared
	}
	return ReaderRole + "-" + consumer
}

// AccountUser returns an account's user name at its API server.
func AccountUser(target *v1alpha1.Cluster, consumer string) string {
	return "system:serviceaccount:" + target.Istio.Namespace + ":" + Account(target, consumer)
}

// UsesAccount reports whether control planes read a cluster with the token of an account there.
func UsesAccount(target *v1alpha1.Cluster) bool { return KindOf(target).Traits().Account }

// TokenSecret returns the name of the Secret that target's API server fills with one generation of consumer's token.
// The name contains the generation because nothing else distinguishes tokens: a Secret's token has no time, so if the
// issuer signs with RSA, a Secret that is deleted and created again under the same name gets the same token (Kubernetes
// pkg/serviceaccount/legacy.go, LegacyClaims).
//
// The first one of a shared account has istioctl's name, so that `istioctl create-remote-secret` finds it
// (istioctl/pkg/multicluster/remote_secret.go).
func TokenSecret(target *v1alpha1.Cluster, consumer string, generation int32) string {
	switch shared := target.Reader.ServiceAccount; {
	case shared == "":
		return ReaderRole + "-" + consumer + "-token-" + strconv.Itoa(int(generation))
	case generation == 1:
		return shared + "-istio-remote-secret-token"
	default:
		return shared + "-istio-remote-secret-token-" + strconv.Itoa(int(generation))
	}
}

// NewestTokenSecret returns the token Secret of the newest generation. During a rotation, the previous one also exists.
func NewestTokenSecret(target *v1alpha1.Cluster, consumer string) string {
	return TokenSecret(target, consumer, Generation(target, consumer))
}

// Generation returns the newest generation of consumer's credential for target; 0 if it is revoked.
func Generation(target *v1alpha1.Cluster, consumer string) int32 {
	generations := target.GenerationsOf(consumer)
	if len(generations) == 0 {
		return 0
	}
	return generations[len(generations)-1]
}

// StoreEntry returns the entry of a secret store with consumer's token for target.
func StoreEntry(mesh string, target *v1alpha1.Cluster, consumer string) string {
	return mesh + "/" + target.Name + "/" + Account(target, consumer)
}
