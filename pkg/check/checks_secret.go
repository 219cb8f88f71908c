package check

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

func secretPresent() Check {
	return Check{ID: "CHECK012", Severity: mesh.SeverityError, Scope: ScopeLink,
		Title: "The remote secret exists and belongs to this mesh",
		Why: "A control plane discovers a peer's endpoints through a remote secret in its own namespace. Without it, " +
			"calls stay inside the cluster. A remote secret without the labels of this mesh is unmanaged, and may have other " +
			"permissions than those that were reviewed.",
		Remedy: "Apply the overlay with its secrets: kubectl mesh render --apply",
		run: func(s subject) []outcome {
			if !s.reads {
				return nil
			}
			if s.facts.hidden() {
				return unknown(s.cluster.Name+" could not be read", "")
			}
			if s.facts.Secrets.Why != "" {
				return unknown(s.facts.Secrets.Why, "")
			}
			secret, _, there := s.facts.find(s.peer.ID())
			switch {
			case !there:
				return bad(fmt.Sprintf("no Secret in namespace %s has the key %s", s.cluster.Istio.Namespace, s.peer.ID()),
					s.Commands.Apply)
			case !secret.Ours && s.kind().Traits().Keeper != access.KeptInStore:
				return bad(fmt.Sprintf("it is Secret %s, which does not belong to this mesh", secret.Name), s.takeOver(secret))
			}
			return ok()
		}}
}

// takeOver: a Secret with our name changes its owner; one with another name would remain next to ours.
func (s subject) takeOver(secret Secret) string {
	if secret.Name == access.RemoteSecret(s.peer.Name) {
		return s.Commands.Apply
	}
	return s.Commands.Apply + "; then: " + s.delete(secret)
}

func secretAccepted() Check {
	return Check{ID: "CHECK013", Severity: mesh.SeverityError, Scope: ScopeLink, After: "CHECK012",
		Title: "istiod accepts the remote kubeconfig",
		Why: "istiod rejects a kubeconfig that runs a program, reads a file of its container, or cannot be parsed. It " +
			"reports this in its log only, and does not try again.",
		Remedy: "Apply the rendered one: kubectl mesh render --apply",
		run: func(s subject) []outcome {
			secret, remote, _ := s.facts.find(s.peer.ID())
			if remote.Refused != "" {
				return bad(fmt.Sprintf("istiod does not load key %s of Secret %s: %s", s.peer.ID(), secret.Name, remote.Refused),
					s.Commands.Apply+" --force-conflicts")
			}
			return ok()
		}}
}

func secretDeclared() Check {
	return Check{ID: "CHECK014", Severity: mesh.SeverityError, Scope: ScopeLink, After: "CHECK013",
		Title: "The remote kubeconfig matches mesh.yaml",
		Why: "The server and CA in the remote secret determine who receives the credential. If they differ from " +
			"mesh.yaml, the Secret is stale or was edited. A credential that points elsewhere is not tested.",
		Remedy: "Apply the rendered one: kubectl mesh render --apply --force-conflicts; or correct api in mesh.yaml.",
		run: func(s subject) []outcome {
			secret, remote, _ := s.facts.find(s.peer.ID())
			if len(remote.Differs) > 0 {
				return bad(fmt.Sprintf("Secret %s differs from mesh.yaml in: %s", secret.Name, strings.Join(remote.Differs, ", ")),
					s.Commands.Apply+" --force-conflicts")
			}
			return ok()
		}}
}
