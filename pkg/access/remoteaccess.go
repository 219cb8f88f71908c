package access

import (
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// RemoteAccess is a Pair with its clusters: what the answers of a Kind depend on.
type RemoteAccess struct {
	// Mesh is the name of the mesh.
	Mesh string
	// Consumer is the cluster whose control plane holds the remote secret, Target the one that it reads.
	Consumer, Target *v1alpha1.Cluster
}

// Find looks up the clusters of a pair. It fails where one of them is not in the mesh.
func Find(mesh *v1alpha1.Mesh, graph *topology.Graph, pair Pair) (RemoteAccess, error) {
	consumer, known := graph.Cluster(pair.Consumer)
	if !known {
		return RemoteAccess{}, fmt.Errorf("find remote access: no cluster %q", pair.Consumer)
	}
	target, known := graph.Cluster(pair.Target)
	if !known {
		return RemoteAccess{}, fmt.Errorf("find remote access: no cluster %q", pair.Target)
	}
	return RemoteAccess{Mesh: mesh.Metadata.Name, Consumer: consumer, Target: target}, nil
}

// Pair is what identifies it.
func (a RemoteAccess) Pair() Pair { return Pair{Consumer: a.Consumer.Name, Target: a.Target.Name} }

// Kind is the kind of its credential.
func (a RemoteAccess) Kind() Kind { return KindOf(a.Target) }

// Generations are those that count, the newest last.
func (a RemoteAccess) Generations() []int32 { return a.Target.GenerationsOf(a.Consumer.Name) }

// Newest is the newest generation that counts; 0 when the credential is revoked.
func (a RemoteAccess) Newest() int32 { return Generation(a.Target, a.Consumer.Name) }

// Subject is who the consumer is to the API server of the target with one generation of its credential.
func (a RemoteAccess) Subject(generation int32) Subject { return a.Kind().Subject(a, generation) }

// Subjects are those of several generations, each once.
func (a RemoteAccess) Subjects(generations ...int32) []Subject {
	var subjects []Subject
	for _, generation := range generations {
		if subject := a.Subject(generation); !slices.Contains(subjects, subject) {
			subjects = append(subjects, subject)
		}
	}
	return subjects
}

// Marker is what the credential of a generation says of itself, so that two of them can be told apart: its user, or the
// Secret of its token. It is empty where the kind has no credential.
func (a RemoteAccess) Marker(generation int32) string { return a.Kind().Marker(a, generation) }

// TokenSecret is the Secret of the target that its API server fills with the token of a generation; empty where the
// kind has none.
func (a RemoteAccess) TokenSecret(generation int32) string {
	if !a.Kind().Traits().Account {
		return ""
	}
	return TokenSecret(a.Target, a.Consumer.Name, generation)
}

// Subject is who a consumer is to the API server of a target.
type Subject struct {
	// Namespace of a ServiceAccount; empty for a user.
	Namespace string
	Name      string
}

// IsAccount tells a ServiceAccount from a user.
func (s Subject) IsAccount() bool { return s.Namespace != "" }

// User is the name that the API server knows it by.
func (s Subject) User() string {
	if s.IsAccount() {
		return "system:serviceaccount:" + s.Namespace + ":" + s.Name
	}
	return s.Name
}
