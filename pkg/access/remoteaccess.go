package access

import (
	"fmt"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// RemoteAccess is a Pair with its clusters, the input of a Kind's methods.
type RemoteAccess struct {
	Mesh string
	// Consumer is the cluster whose control plane has the remote secret; Target is the cluster that it reads.
	Consumer, Target *v1alpha1.Cluster
}

// Find looks up the clusters of a pair. It fails if one of them is not in the mesh.
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

// Pair returns the names of the clusters.
func (a RemoteAccess) Pair() Pair { return Pair{Consumer: a.Consumer.Name, Target: a.Target.Name} }

// Kind returns the kind of its credential.
func (a RemoteAccess) Kind() Kind { return KindOf(a.Target) }

// Generations returns the valid generations, newest last.
func (a RemoteAccess) Generations() []int32 { return a.Target.GenerationsOf(a.Consumer.Name) }

// Newest returns the newest valid generation; 0 if the credential is revoked.
func (a RemoteAccess) Newest() int32 { return Generation(a.Target, a.Consumer.Name) }

// Subject returns how the target's API server identifies the consumer with a generation of its credential.
func (a RemoteAccess) Subject(generation int32) Subject { return a.Kind().Subject(a, generation) }

// Subjects returns those of several generations, without duplicates.
func (a RemoteAccess) Subjects(generations ...int32) []Subject {
	var subjects []Subject
	for _, generation := range generations {
		if subject := a.Subject(generation); !slices.Contains(subjects, subject) {
			subjects = append(subjects, subject)
		}
	}
	return subjects
}

// Marker returns what distinguishes the credential of a generation: its user, or its token's Secret. Empty if the kind
// has no credential.
func (a RemoteAccess) Marker(generation int32) string { return a.Kind().Marker(a, generation) }

// TokenSecret returns the target's Secret with the token of a generation; empty if the kind has none.
func (a RemoteAccess) TokenSecret(generation int32) string {
	if !a.Kind().Traits().Account {
		return ""
	}
	return TokenSecret(a.Target, a.Consumer.Name, generation)
}

// Subject is how a target's API server identifies a consumer.
type Subject struct {
	// Namespace of a ServiceAccount; empty for a user.
	Namespace string
	Name      string
}

// IsAccount reports whether it is a ServiceAccount, not a user.
func (s Subject) IsAccount() bool { return s.Namespace != "" }

// User returns its user name at the API server.
func (s Subject) User() string {
	if s.IsAccount() {
		return "system:serviceaccount:" + s.Namespace + ":" + s.Name
	}
	return s.Name
}
