package summary

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// RemoteAccess is a control plane that reads the API server of another cluster.
type RemoteAccess struct {
	// ID of the item: remoteAccess/CONSUMER/TARGET.
	// +required
	ID string `json:"id"`
	// At is the entry of links, or the controlPlane, that makes it.
	At Place `json:"at,omitzero"`
	// Consumer is the cluster whose control plane reads.
	// +required
	Consumer string `json:"consumer"`
	// Target is the cluster that is read.
	// +required
	Target string `json:"target"`
	// Credential with which it is read.
	// +required
	Credential Credential `json:"credential"`
	// Roles of the target that the reader has (clusters.roles).
	Roles []string `json:"roles,omitempty"`
	// GrantedBy is who else gives permissions: Istio's charts, for their account.
	GrantedBy string `json:"grantedBy,omitempty"`
	// EverySecret says that it can read every Secret of the target.
	EverySecret bool `json:"everySecret,omitempty"`
	// Revoked says that it would read the target, but no credential of it counts.
	Revoked bool `json:"revoked,omitempty"`
}

// Credential is with what a control plane reads.
type Credential struct {
	// At is where its kind is set.
	At Place `json:"at,omitzero"`
	// GenerationsAt is where its generations are recorded.
	GenerationsAt Place `json:"generationsAt,omitzero"`
	// Kind: token, clientCertificate, federated or external.
	// +required
	Kind string `json:"kind"`
	// Generations that count, oldest first; left out where a kind has none, or all are revoked.
	Generations []int32 `json:"generations,omitempty"`
	// Lifetime in words.
	// +required
	Lifetime string `json:"lifetime"`
	// Identities that the target knows the reader by.
	Identities []string `json:"identities,omitempty"`
	// Shared says that all readers of the target have the same account.
	Shared bool `json:"shared,omitempty"`
}

// Role is a set of permissions that readers of a cluster have.
type Role struct {
	// Name of the ClusterRole and the Role.
	// +required
	Name string `json:"name"`
	// Permissions that it grants.
	// +required
	Permissions []Permission `json:"permissions"`
}

// Permission is what a role grants.
type Permission struct {
	// Namespace in which it counts; left out where it counts everywhere.
	Namespace string `json:"namespace,omitempty"`
	// APIGroup of the resource; left out for the core group.
	APIGroup string `json:"apiGroup,omitempty"`
	// Resource that it is about.
	// +required
	Resource string `json:"resource"`
	// Names to which it is limited; left out where it is not.
	Names []string `json:"names,omitempty"`
	// Verbs that it allows.
	// +required
	Verbs []string `json:"verbs"`
}

// remoteAccess is every pair of a control plane and a cluster that it reads, or would read had its credentials not been
// revoked.
func (b *builder) remoteAccess() []RemoteAccess {
	var all []RemoteAccess
	for target := range b.Graph.Clusters() {
		roles := access.Roles(b.Graph, target)
		for consumer := range b.Graph.Clusters() {
			if reads, revoked := b.Graph.Reads(consumer.Name, target.Name); reads || revoked {
				all = append(all, b.access(consumer, target, roles, revoked))
			}
		}
	}
	return present(all)
}

func (b *builder) access(consumer, target *v1alpha1.Cluster, roles []access.Role, revoked bool) RemoteAccess {
	found := RemoteAccess{ID: "remoteAccess/" + consumer.Name + "/" + target.Name, At: b.cause(consumer, target),
		Consumer: consumer.Name, Target: target.Name, Credential: b.credential(consumer, target), Revoked: revoked}
	if revoked {
		return found
	}
	found.Roles = access.RolesOf(b.Graph, consumer.Name, target)
	if access.GrantedByCharts(target) {
		found.GrantedBy, found.EverySecret = access.ChartsReader, true
	}
	for _, role := range roles {
		found.EverySecret = found.EverySecret || role.Name == access.ReaderRole && access.ReadsEverySecret(role.Permissions)
	}
	return found
}

// cause is the entry that has a control plane read a cluster: a link of a cluster that it serves, or that it serves
// the target itself.
func (b *builder) cause(consumer, target *v1alpha1.Cluster) Place {
	if b.Locate == nil {
		return Place{}
	}
	if target.ControlPlane == consumer.Name {
		return b.in(target.Name, "controlPlane")
	}
	if b.Graph.Linked(consumer.Name, target.Name) {
		return b.linked(consumer.Name, target.Name)
	}
	for served := range b.Graph.Served(consumer.Name) {
		if b.Graph.Linked(served.Name, target.Name) {
			return b.linked(served.Name, target.Name)
		}
	}
	return b.at("spec.links")
}

func (b *builder) credential(consumer, target *v1alpha1.Cluster) Credential {
	credential := Credential{
		At:         b.in(target.Name, "reader.auth"),
		Kind:       string(target.Reader.Auth),
		Lifetime:   access.Lifetime(target),
		Identities: access.Identities(consumer, target),
		Shared:     access.UsesAccount(target) && target.Reader.ServiceAccount != "",
	}
	if access.KindOf(target).Traits().Rotates() {
		credential.Generations = target.GenerationsOf(consumer.Name)
		credential.GenerationsAt = b.generationsAt(consumer.Name, target, credential.Generations == nil)
	}
	return credential
}

// generationsAt is where the generations of a reader are recorded, or where they would be.
func (b *builder) generationsAt(consumer string, target *v1alpha1.Cluster, revoked bool) Place {
	field := "readerGenerations"
	_, recorded := target.ReaderGenerations[consumer]
	if revoked {
		field = "revokedReaders"
		_, recorded = target.RevokedReaders[consumer]
	}
	if recorded {
		field += "[" + consumer + "]"
	}
	return b.in(target.Name, field)
}
