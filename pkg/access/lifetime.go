package access

import "github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"

// Lifetime describes the validity of a cluster's reader credentials.
func Lifetime(target *v1alpha1.Cluster) string { return KindOf(target).Traits().Lifetime }

// Identities returns how a cluster's API server identifies a consumer's control plane, or did before it was revoked.
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
