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
		Why: "With auth federated the API server that is read trusts the issuer of the tokens of its reader. That takes an issuer " +
			"that is another than its own, which many clusters are not: they all call theirs kubernetes.default.svc. It takes " +
			"structured authentication, which Kubernetes has from " + since(upstream.StructuredAuthn) + " on, and the flags of the API server, which managed " +
			"clusters do not hand out.",
		Remedy: "Give each cluster an issuer of its own (--service-account-issuer; the first one signs, all are accepted), collect " +
			"the facts again, or use another kind of credential for the reader.",
		find: func(in Input) []finding {
			var found []finding
			for i, target := range in.Mesh.Spec.Clusters {
				if !access.KindOf(&target).Traits().Issued || !in.Graph.IsRead(target.Name) {
					continue
				}
				found = append(found, untrusting(i, target)...)
				for consumer := range in.Graph.ReadersOf(target.Name) {
					found = append(found, untrusted(i, target, *consumer)...)
				}
			}
			return found
		},
	}
}

// untrusting tells why an API server can trust no issuer at all.
func untrusting(i int, target v1alpha1.Cluster) []finding {
	switch {
	case target.Platform == v1alpha1.PlatformGKE || target.Platform == v1alpha1.PlatformEKS || target.Platform == v1alpha1.PlatformAKS:
		return []finding{{clusters: []string{target.Name}, field: at(i, "reader.auth"),
			message: fmt.Sprintf("%s is on %s, which hands out no --authentication-config", target.Name, strings.ToUpper(string(target.Platform))),
			hint:    "use reader.auth token for it"}}
	case !target.KubernetesRelease().Has(upstream.StructuredAuthn):
		return []finding{{clusters: []string{target.Name}, field: at(i, "kubernetesVersion"),
			message: fmt.Sprintf("Kubernetes %s of %s has no structured authentication, which begins with %s",
				target.KubernetesVersion, target.Name, since(upstream.StructuredAuthn)),
			hint: "upgrade it, or use reader.auth token for it"}}
	}
	return nil
}

// untrusted tells why an API server cannot trust the issuer of one reader.
func untrusted(i int, target, consumer v1alpha1.Cluster) []finding {
	f := finding{clusters: []string{target.Name, consumer.Name}, field: at(i, "reader.auth")}
	switch {
	case consumer.API.ServiceAccountIssuer == "":
		f.message = fmt.Sprintf("%s is to trust the issuer of %s, which is not known", target.Name, consumer.Name)
		f.awaited = true
		f.hint = "write api.serviceAccountIssuer of " + consumer.Name + ", or: kubectl mesh collect --cluster " + consumer.Name
	case consumer.API.ServiceAccountIssuer == target.API.ServiceAccountIssuer:
		f.message = fmt.Sprintf("%s and %s have the same issuer, %s: neither can tell whose a token is", target.Name, consumer.Name, target.API.ServiceAccountIssuer)
		f.hint = "give " + consumer.Name + " an issuer of its own: --service-account-issuer"
	case target.Reader.DiscoveryURL != "" && consumer.API.ServiceAccountJWKS == "":
		f.message = fmt.Sprintf("the public keys of %s are to be served for %s, and are not known", consumer.Name, target.Name)
		f.awaited = true
		f.hint = "write api.serviceAccountJWKS of " + consumer.Name + ", or: kubectl mesh collect --cluster " + consumer.Name
	default:
		return nil
	}
	return []finding{f}
}
