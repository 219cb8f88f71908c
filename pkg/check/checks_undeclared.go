package check

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

func noUndeclaredReader() Check {
	return Check{
		ID:       "CHECK043",
		Severity: mesh.SeverityWarning,
		Scope:    ScopeCluster,
		After:    "CHECK003",
		Title:    "No reader account or token is undeclared",
		Why: "A token Secret of a reader grants access to every Secret of the cluster until it is deleted. One of a " +
			"former link, of a former generation, or from istioctl create-remote-secret still grants it after the mesh " +
			"stopped using it.",
		Remedy: "Delete those that no control plane uses. The day on which a token was last used is printed if the API " +
			"server recorded it.",
		run: func(s subject) []outcome {
			if s.facts.Accounts.Why != "" {
				return unknown(s.facts.Accounts.Why, "")
			}
			var found []outcome
			for _, account := range s.facts.Accounts.Value {
				found = append(found, s.undeclared(account)...)
			}
			if found == nil {
				return ok()
			}
			return found
		},
	}
}

// undeclared reports the token Secrets of an undeclared account, or the account if it has none.
func (s subject) undeclared(account cluster.Account) []outcome {
	namespace := s.cluster.Istio.Namespace
	about := func(kind, name, secret, used string) []outcome {
		origin, is := access.Undeclared(s.Graph, s.Mesh.Metadata.Name, s.cluster, account.Name, account.Labels, secret)
		if !is {
			return nil
		}
		whose := "belongs to a reader that mesh.yaml does not declare"
		if origin == access.OriginIstioctl {
			whose = "was created by istioctl create-remote-secret"
		}
		return bad(fmt.Sprintf("%s %s/%s %s%s", kind, namespace, name, whose, used),
			fmt.Sprintf("if no control plane uses it: %s -n %s delete %s %s",
				s.Commands.Kubectl(s.cluster.Name), namespace, resourceOf(kind), shell.Name(name)))
	}
	var found []outcome
	for _, secret := range account.TokenSecrets {
		used := "; its token was never used, as far as the API server has recorded"
		if secret.LastUsed != "" {
			used = "; its token was last used on " + secret.LastUsed
		}
		found = append(found, about("Secret", secret.Name, secret.Name, used)...)
	}
	if found != nil {
		return found
	}
	return about("ServiceAccount", account.Name, "", "")
}

func resourceOf(kind string) string {
	if kind == "Secret" {
		return "secret"
	}
	return "serviceaccount"
}
