package access

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"

// IsFederated tells whether control planes read a cluster without a stored credential.
func IsFederated(target *v1alpha1.Cluster) bool {
	return target.Reader.Auth == v1alpha1.ReaderAuthFederated
}

// Lifetime says how long a credential with which a cluster is read is valid, as far as its kind says it.
func Lifetime(target *v1alpha1.Cluster) string {
	switch target.Reader.Auth {
	case v1alpha1.ReaderAuthFederated:
		return "at most an hour, renewed by the kubelet"
	case v1alpha1.ReaderAuthClientCertificate:
		return "until its date; it cannot be revoked before, only unbound"
	case v1alpha1.ReaderAuthExternal:
		return "as the secret store keeps it; a token of a Secret never expires"
	case v1alpha1.ReaderAuthToken:
	}
	return "never expires, unless requested with an expiry"
}

// Identities are who the control plane of a consumer is at the API server of a cluster.
func Identities(consumer, target *v1alpha1.Cluster) []string {
	switch target.Reader.Auth {
	case v1alpha1.ReaderAuthFederated:
		return []string{FederatedUser(consumer)}
	case v1alpha1.ReaderAuthClientCertificate:
		var users []string
		for _, generation := range target.GenerationsOf(consumer.Name) {
			users = append(users, ReaderUser(consumer.Name, generation))
		}
		return users
	case v1alpha1.ReaderAuthToken, v1alpha1.ReaderAuthExternal:
	}
	return []string{AccountUser(target, consumer.Name)}
}
