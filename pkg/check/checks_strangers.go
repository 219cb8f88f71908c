package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

func unmanagedSecret() Check {
	return Check{
		ID:       "CHECK009",
		Severity: mesh.SeverityWarning,
		Scope:    ScopeCluster,
		After:    "CHECK003",
		Title:    "No remote secret is unmanaged",
		Why: "istiod uses every Secret in its namespace with label istio/multiCluster. One that does not belong to this " +
			"mesh adds endpoints that were not reviewed, or replaces one of this mesh: of two with the same cluster ID only " +
			"the first is used.",
		Remedy: "Find out who created it, and delete it if it is not needed: kubectl mesh never removes unmanaged Secrets.",
		run: func(s subject) []outcome {
			if s.facts.Secrets.Why != "" {
				return unknown(s.facts.Secrets.Why, "")
			}
			var found []outcome
			for _, secret := range s.facts.Secrets.Value {
				if secret.Ours || s.expected(secret) {
					continue
				}
				whose := "does not belong to this mesh"
				if secret.Google {
					whose = "was created by Google's managed mesh"
				}
				found = append(found, bad(fmt.Sprintf("Secret %s/%s (clusters %s) %s, and istiod reads it",
					s.cluster.Istio.Namespace, secret.Name,
					strings.Join(secret.ids(), ", "), whose),
					"if it is not needed: "+s.delete(secret))...)
			}
			if found == nil {
				return ok()
			}
			return found
		},
	}
}

// expected: if a store has the credential, External Secrets creates the remote secret.
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
	return s.kubectlIstio(s.cluster) + " delete secret " + shell.Name(secret.Name)
}

func stale() Check {
	return Check{
		ID:       "CHECK010",
		Severity: mesh.SeverityError,
		Scope:    ScopeCluster,
		After:    "CHECK003",
		Title:    "No remote secret is stale",
		Why: "After a cluster or a link is removed from the mesh, its remote secret continues to add endpoints to " +
			"istiod, and contains a credential that can read every Secret there. If the cluster no longer exists, istiod " +
			"waits for it at every start.",
		Remedy: "Remove stale objects: kubectl mesh render --apply --prune",
		run: func(s subject) []outcome {
			var found []outcome
			for _, secret := range s.facts.Secrets.Value {
				for _, id := range secret.ids() {
					if secret.Ours && !s.isRead(id) {
						found = append(found, s.staleKey(secret, id)...)
					}
				}
			}
			if found == nil && s.facts.Secrets.Why == "" {
				return ok()
			}
			return found
		},
	}
}

// staleKey reports a key of a remote secret whose cluster is not read. Pruning keeps a Secret that the mesh still
// needs, with all its keys, and deleting the Secret would remove the peer.
func (s subject) staleKey(secret Secret, id string) []outcome {
	about := fmt.Sprintf("Secret %s/%s", s.cluster.Istio.Namespace, secret.Name)
	if slices.ContainsFunc(secret.ids(), s.isRead) {
		patch := shell.Quote(`[{"op":"remove","path":"/data/` + id + `"}]`)
		return bad(fmt.Sprintf("%s has an additional key, %s: %s's control plane reads no such cluster", about, id,
			s.cluster.Name),
			s.kubectlIstio(s.cluster)+" patch secret "+shell.Name(secret.Name)+" --type=json --patch="+patch)
	}
	return bad(fmt.Sprintf("%s is for cluster %s, which %s's control plane no longer reads", about, id, s.cluster.Name),
		s.apply()+" --prune; or: "+s.delete(secret))
}

func (s subject) isRead(id string) bool {
	for peer := range s.Graph.Targets(s.cluster.Name) {
		if peer.ID() == id {
			return true
		}
	}
	return false
}

// keepOne returns the command that deletes all remote secrets of a cluster except the rendered one. A copy may have the
// same labels, so only the name identifies it.
func (s subject) keepOne(cluster *v1alpha1.Cluster, names []string) string {
	ours := access.RemoteSecret(cluster.Name)
	if !slices.Contains(names, ours) {
		return "delete all but one: " + s.kubectlIstio(s.cluster) + " get secrets -L " + access.LabelMesh
	}
	command := s.kubectlIstio(s.cluster) + " delete secret"
	for _, name := range names {
		if name != ours {
			command += " " + shell.Name(name)
		}
	}
	return "keep " + ours + ", and delete what is not needed: " + command
}

func doubled() Check {
	return Check{
		ID:       "CHECK011",
		Severity: mesh.SeverityError,
		Scope:    ScopeCluster,
		After:    "CHECK003",
		Title:    "No cluster ID is in two remote secrets",
		Why: "Of two remote secrets with the same cluster ID istiod uses the one that it sees first, and ignores the " +
			"other with a line in its log. The order can change at the next start.",
		Remedy: "Keep istio-remote-secret-<cluster>, which belongs to this mesh, and delete the others.",
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
					found = append(found, bad(fmt.Sprintf("cluster %s is in the Secrets %s: istiod ignores all but one",
						id, strings.Join(names, ", ")),
						s.keepOne(cluster, names))...)
				}
			}
			if found == nil && s.facts.Secrets.Why == "" {
				return ok()
			}
			return found
		},
	}
}
