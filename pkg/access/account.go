package access

import (
	"strconv"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// ReaderRole names the ClusterRole and the Role of all readers.
const ReaderRole = "mesh-reader"

// Account is the ServiceAccount with which consumer reads target.
func Account(target *v1alpha1.Cluster, consumer string) string {
	if shared := target.Reader.ServiceAccount; shared != "" {
		return shared
	}
	return ReaderRole + "-" + consumer
}

// AccountUser is who an account is to the API server of its cluster.
func AccountUser(target *v1alpha1.Cluster, consumer string) string {
	return "system:serviceaccount:" + target.Istio.Namespace + ":" + Account(target, consumer)
}

// UsesAccount tells whether control planes read a cluster with the token of an account there.
func UsesAccount(target *v1alpha1.Cluster) bool { return KindOf(target).Traits().Account }

// TokenSecret is the Secret that the API server of target fills with one generation of the token
// with which consumer reads it. The generation is in its name because nothing else tells two tokens
// apart: the token of a Secret says no time, so where the issuer signs with RSA one that is deleted and
// made anew under its old name gets the same token again (Kubernetes pkg/serviceaccount/legacy.go,
// LegacyClaims).
//
// The first one of a shared account has the name that istioctl gives it, so that `istioctl
// create-remote-secret` finds it (istioctl/pkg/multicluster/remote_secret.go).
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

// NewestTokenSecret is the token Secret of the newest generation: while a rotation goes on the older one
// is there too.
func NewestTokenSecret(target *v1alpha1.Cluster, consumer string) string {
	return TokenSecret(target, consumer, Generation(target, consumer))
}

// Generation is the newest generation of the credential with which consumer is to read target; 0
// when it is revoked.
func Generation(target *v1alpha1.Cluster, consumer string) int32 {
	generations := target.GenerationsOf(consumer)
	if len(generations) == 0 {
		return 0
	}
	return generations[len(generations)-1]
}

// StoreEntry is where a secret store keeps the token with which consumer reads target.
func StoreEntry(mesh string, target *v1alpha1.Cluster, consumer string) string {
	return mesh + "/" + target.Name + "/" + Account(target, consumer)
}
