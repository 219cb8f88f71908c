package access

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"

// Lifetime says how long a credential with which a cluster is read is valid, as far as its kind says it.
func Lifetime(target *v1alpha1.Cluster) string { return KindOf(target).Traits().Lifetime }

// Identities are who the control plane of a consumer is at the API server of a cluster, or was until it was revoked.
func Identities(consumer, target *v1alpha1.Cluster) []string {
	a := RemoteAccess{Consumer: consumer, Target: target}
	generations := a.Generations()
	if len(generations) == 0 {
		generations = []int32{target.RevokedReaders[consumer.Name]}
	}
	var users []string
	for _, subject := range a.Subjects(generations...) {
		users = append(users, subject.User())
	}
	return users
}
