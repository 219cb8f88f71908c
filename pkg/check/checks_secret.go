package check

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

func secretPresent() Check {
	return Check{ID: "CHECK012", Severity: mesh.SeverityError, Scope: ScopeLink,
		Title: "The remote secret is there, and ours",
		Why: "A control plane learns the endpoints of a peer through the remote secret of that peer, in its own namespace. Without it, calls " +
			"stay inside the cluster. One that lacks the labels of this mesh was made by somebody else, with other rights than those that " +
			"were reviewed.",
		Remedy: "Apply the overlay with its secrets: kubectl mesh render --apply",
		run: func(s subject) []outcome {
			if !s.reads {
				return nil
			}
			if s.facts.hidden() {
				return unknown(s.cluster.Name+" could not be seen", "")
			}
			if s.facts.Secrets.Why != "" {
				return unknown(s.facts.Secrets.Why, "")
			}
			secret, _, there := s.facts.find(s.peer.ID())
			switch {
			case !there:
				return bad(fmt.Sprintf("no Secret in namespace %s has the key %s", s.cluster.Istio.Namespace, s.peer.Name), s.Commands.Apply)
			case !secret.Ours && s.kind().Traits().Keeper != access.KeptInStore:
				return bad(fmt.Sprintf("it is Secret %s, which is not of this mesh", secret.Name), s.takeOver(secret))
			}
			return ok()
		}}
}

// takeOver: one of our name is taken over; another one would stay beside ours.
func (s subject) takeOver(secret Secret) string {
	if secret.Name == access.RemoteSecret(s.peer.Name) {
		return s.Commands.Apply
	}
	return s.Commands.Apply + "; then: " + s.delete(secret)
}

func secretAccepted() Check {
	return Check{ID: "CHECK013", Severity: mesh.SeverityError, Scope: ScopeLink, After: "CHECK012",
		Title: "Istiod accepts the remote kubeconfig",
		Why: "Istiod refuses a kubeconfig that runs a program, reads a file of its container, or cannot be parsed. It says so in its log " +
			"only, and does not try again.",
		Remedy: "Apply the one that is rendered: kubectl mesh render --apply",
		run: func(s subject) []outcome {
			secret, remote, _ := s.facts.find(s.peer.ID())
			if remote.Refused != "" {
				return bad(fmt.Sprintf("istiod does not load key %s of Secret %s: %s", s.peer.Name, secret.Name, remote.Refused),
					s.Commands.Apply+" --force-conflicts")
			}
			return ok()
		}}
}

func secretDeclared() Check {
	return Check{ID: "CHECK014", Severity: mesh.SeverityError, Scope: ScopeLink, After: "CHECK013",
		Title: "The remote kubeconfig says what mesh.yaml says",
		Why: "The server and its certificate authority in the remote secret decide who gets the credential. When they are not those of " +
			"mesh.yaml, the secret is old, or somebody has changed it. A credential that leads elsewhere is not tried out.",
		Remedy: "Apply the one that is rendered: kubectl mesh render --apply --force-conflicts; or correct api in mesh.yaml.",
		run: func(s subject) []outcome {
			secret, remote, _ := s.facts.find(s.peer.ID())
			if len(remote.Differs) > 0 {
				return bad(fmt.Sprintf("in Secret %s this is not as mesh.yaml has it: %s", secret.Name, strings.Join(remote.Differs, ", ")),
					s.Commands.Apply+" --force-conflicts")
			}
			return ok()
		}}
}
