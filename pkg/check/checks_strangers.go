package check

import (
	"fmt"

	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

func stranger() Check {
	return Check{ID: "CHECK009", Severity: mesh.SeverityWarning, Scope: ScopeCluster, After: "CHECK003",
		Title: "No remote secret is a stranger",
		Why: "Istiod obeys every Secret in its namespace with the label istio/multiCluster. One that is not of this mesh gives it endpoints " +
			"that nobody has reviewed, or takes the place of one of ours: of two with one cluster ID only the first counts.",
		Remedy: "Find out who has made it. If nobody needs it, delete it: strangers are never removed by a command of ours.",
		run: func(s subject) []outcome {
			if s.facts.Secrets.Why != "" {
				return unknown(s.facts.Secrets.Why, "")
			}
			var found []outcome
			for _, secret := range s.facts.Secrets.Value {
				if secret.Ours || s.expected(secret) {
					continue
				}
				whose := "is not of this mesh"
				if secret.Google {
					whose = "was left by Google's managed mesh"
				}
				found = append(found, bad(fmt.Sprintf("Secret %s/%s (clusters %s) %s, and istiod reads it", s.cluster.Istio.Namespace, secret.Name,
					strings.Join(secret.ids(), ", "), whose), "if nobody needs it: "+s.delete(secret))...)
			}
			if found == nil {
				return ok()
			}
			return found
		}}
}

// expected: where a store has the credential, External Secrets makes the remote secret.
func (s subject) expected(secret Secret) bool {
	for _, id := range secret.ids() {
		peer, known := s.Graph.ClusterByID(id)
		if !known || access.KindOf(peer).Traits().Keeper != access.KeptInStore {
			return false
		}
	}
	return len(secret.Remotes) > 0
}

func (s Secret) ids() []string {
	var ids []string
	for _, remote := range s.Remotes {
		ids = append(ids, remote.ClusterID)
	}
	return ids
}

func (s subject) delete(secret Secret) string {
	return s.Commands.Kubectl(s.cluster.Name) + " -n " + s.cluster.Istio.Namespace + " delete secret " + shell.Name(secret.Name)
}

func stale() Check {
	return Check{ID: "CHECK010", Severity: mesh.SeverityError, Scope: ScopeCluster, After: "CHECK003",
		Title: "No remote secret is left of a cluster that is not read any more",
		Why: "When a cluster has left the mesh, or a link has gone, its remote secret goes on giving istiod its endpoints, and holds a " +
			"credential that reads every Secret there. When the cluster is dead, istiod waits for it at every start.",
		Remedy: "Remove what the mesh no longer has: kubectl mesh render --apply --prune",
		run: func(s subject) []outcome {
			var found []outcome
			for _, secret := range s.facts.Secrets.Value {
				for _, id := range secret.ids() {
					if secret.Ours && !s.isRead(id) {
						found = append(found, bad(fmt.Sprintf("Secret %s/%s is for cluster %s, which the control plane of %s does not read any more",
							s.cluster.Istio.Namespace, secret.Name, id, s.cluster.Name), s.apply()+" --prune; or: "+s.delete(secret))...)
					}
				}
			}
			if found == nil && s.facts.Secrets.Why == "" {
				return ok()
			}
			return found
		}}
}

func (s subject) isRead(id string) bool {
	for peer := range s.Graph.ReadBy(s.cluster.Name) {
		if peer.ID() == id {
			return true
		}
	}
	return false
}

func doubled() Check {
	return Check{ID: "CHECK011", Severity: mesh.SeverityError, Scope: ScopeCluster, After: "CHECK003",
		Title: "No cluster ID is in two remote secrets",
		Why: "Of two remote secrets with one cluster ID istiod takes the one that it sees first, and ignores the other with a line in its " +
			"log. Which one that is can change when it starts again.",
		Remedy: "Delete the one that is not of this mesh.",
		run: func(s subject) []outcome {
			where := map[string][]string{}
			for _, secret := range s.facts.Secrets.Value {
				for _, id := range secret.ids() {
					where[id] = append(where[id], secret.Name)
				}
			}
			var found []outcome
			for cluster := range s.Graph.Clusters() {
				id := cluster.ID()
				if names := where[id]; len(names) > 1 {
					found = append(found, bad(fmt.Sprintf("cluster %s is in the Secrets %s: istiod ignores all but one", id, strings.Join(names, ", ")),
						"delete the one that is not of this mesh: "+s.Commands.Kubectl(s.cluster.Name)+" -n "+s.cluster.Istio.Namespace+" get secrets -L "+access.LabelMesh)...)
				}
			}
			if found == nil && s.facts.Secrets.Why == "" {
				return ok()
			}
			return found
		}}
}
