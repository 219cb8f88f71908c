package summary

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

// RemoteAccess is a control plane's access to the API server of a remote cluster.
type RemoteAccess struct {
	// ID of the item: remoteAccess/CONSUMER/TARGET.
	// +required
	ID string `json:"id"`
	// At is the location of the entry in links, or of the controlPlane, that requires this access.
	At Place `json:"at,omitzero"`
	// Consumer is the cluster whose control plane reads the target.
	// +required
	Consumer string `json:"consumer"`
	// Target is the cluster that is read.
	// +required
	Target string `json:"target"`
	// Credential that the consumer uses.
	// +required
	Credential Credential `json:"credential"`
	// Roles of the consumer in the target (clusters.roles).
	Roles []string `json:"roles,omitempty"`
	// GrantedBy is another source of permissions: Istio's charts, for their account.
	GrantedBy string `json:"grantedBy,omitempty"`
	// EverySecret indicates that the consumer can read every Secret of the target.
	EverySecret bool `json:"everySecret,omitempty"`
	// Revoked indicates that all credentials of the consumer are revoked.
	Revoked bool `json:"revoked,omitempty"`
}

// Credential is what a consumer uses to authenticate to a target.
type Credential struct {
	// At is the location of its kind.
	At Place `json:"at,omitzero"`
	// GenerationsAt is the location of its generations.
	GenerationsAt Place `json:"generationsAt,omitzero"`
	// Kind: token, clientCertificate, federated or external.
	// +required
	Kind string `json:"kind"`
	// Generations that are valid, oldest first; omitted for a kind without generations, or if all
	// are revoked.
	Generations []int32 `json:"generations,omitempty"`
	// Lifetime, in words.
	// +required
	Lifetime string `json:"lifetime"`
	// Identities of the consumer in the target.
	Identities []string `json:"identities,omitempty"`
	// Shared indicates that all readers of the target use the same account.
	Shared bool `json:"shared,omitempty"`
}

// Role is a set of permissions for the readers of a cluster.
type Role struct {
	// Name of the ClusterRole and the Role.
	// +required
	Name string `json:"name"`
	// Permissions that it grants.
	// +required
	Permissions []Permission `json:"permissions"`
}

// Permission is granted by a role.
type Permission struct {
	// Namespace of the resources; omitted for all namespaces.
	Namespace string `json:"namespace,omitempty"`
	// APIGroup of the resource; omitted for the core group.
	APIGroup string `json:"apiGroup,omitempty"`
	// Resource that the permission applies to.
	// +required
	Resource string `json:"resource"`
	// Names that limit the permission; omitted for all names.
	Names []string `json:"names,omitempty"`
	// Verbs that it allows.
	// +required
	Verbs []string `json:"verbs"`
}

// remoteAccess returns all pairs of consumer and target, including revoked ones.
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

// cause returns the entry due to which a control plane reads a cluster: a link of a cluster that it serves, or that it
// serves the target.
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

// generationsAt returns where a reader's generations are recorded, or would be.
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
