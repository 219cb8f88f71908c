package summary

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
)

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
	credential := Credential{At: b.in(target.Name, "reader.auth"), Kind: string(target.Reader.Auth), Lifetime: access.Lifetime(target),
		Identities: access.Identities(consumer, target), Shared: access.UsesAccount(target) && target.Reader.ServiceAccount != ""}
	if access.KindOf(target).Traits().Rotates() {
		credential.Generations = target.GenerationsOf(consumer.Name)
		recorded := "readerGenerations["
		if credential.Generations == nil {
			recorded = "revokedReaders["
		}
		credential.GenerationsAt = b.in(target.Name, recorded+consumer.Name+"]")
	}
	return credential
}
