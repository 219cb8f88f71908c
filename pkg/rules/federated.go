package rules

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

func unfederated() Rule {
	return Rule{
		ID: "MESH033", Severity: mesh.SeverityError,
		Title: "An API server cannot trust the issuer of a reader",
		Why: "With auth: federated, the target's API server trusts the token issuer of its reader. That requires an " +
			"issuer that differs from its own, but many clusters use kubernetes.default.svc. It also requires structured " +
			"authentication, available in Kubernetes " + since(upstream.StructuredAuthn) + " or later, and access " +
			"to the API server's flags, which managed clusters do not offer.",
		Remedy: "Set a unique issuer for each cluster (--service-account-issuer; the first one signs, all are accepted), " +
			"collect the facts again, or use another kind of credential for the reader.",
		find: func(in Input) []finding {
			var found []finding
			for i, target := range in.Mesh.Spec.Clusters {
				if !access.KindOf(&target).Traits().Issued || !in.Graph.IsTarget(target.Name) {
					continue
				}
				found = append(found, untrustingServer(i, target)...)
				for consumer := range in.Graph.Consumers(target.Name) {
					found = append(found, untrustedIssuer(i, target, *consumer)...)
				}
			}
			return found
		},
	}
}

// untrustingServer explains why an API server cannot trust any issuer.
func untrustingServer(i int, target v1alpha1.Cluster) []finding {
	switch {
	case isHosted(target.Platform):
		return []finding{{clusters: []string{target.Name}, field: at(i, "reader.auth"),
			message: fmt.Sprintf("%s runs on %s, which does not offer --authentication-config", target.Name,
				strings.ToUpper(string(target.Platform))),
			hint: "use reader.auth: token for it"}}
	case !target.KubernetesRelease().Has(upstream.StructuredAuthn):
		return []finding{{clusters: []string{target.Name}, field: at(i, "kubernetesVersion"),
			message: fmt.Sprintf("Kubernetes %s in %s has no structured authentication, which requires %s or later",
				target.KubernetesVersion, target.Name, since(upstream.StructuredAuthn)),
			hint: "upgrade it, or use reader.auth: token for it"}}
	}
	return nil
}

// isHosted reports whether the platform's provider runs its API servers and sets their flags.
func isHosted(platform v1alpha1.Platform) bool {
	return platform == v1alpha1.PlatformGKE || platform == v1alpha1.PlatformEKS || platform == v1alpha1.PlatformAKS
}

// untrustedIssuer explains why an API server cannot trust a reader's issuer.
func untrustedIssuer(i int, target, consumer v1alpha1.Cluster) []finding {
	f := finding{clusters: []string{target.Name, consumer.Name}, field: at(i, "reader.auth")}
	switch {
	case consumer.API.ServiceAccountIssuer == "":
		f.message = fmt.Sprintf("%s must trust the issuer of %s, which is unknown", target.Name, consumer.Name)
		f.incomplete = true
		f.hint = "set api.serviceAccountIssuer of " + consumer.Name + ", or: kubectl mesh collect --cluster " + consumer.Name
	case consumer.API.ServiceAccountIssuer == target.API.ServiceAccountIssuer:
		f.message = fmt.Sprintf("%s and %s have the same issuer, %s: neither can distinguish their tokens", target.Name,
			consumer.Name, target.API.ServiceAccountIssuer)
		f.hint = "give " + consumer.Name + " a unique issuer: --service-account-issuer"
	case target.Reader.DiscoveryURL != "" && consumer.API.ServiceAccountJWKS == "":
		f.message = fmt.Sprintf("the public keys of %s must be served for %s, but are unknown", consumer.Name, target.Name)
		f.incomplete = true
		f.hint = "set api.serviceAccountJWKS of " + consumer.Name + ", or: kubectl mesh collect --cluster " + consumer.Name
	default:
		return nil
	}
	return []finding{f}
}
