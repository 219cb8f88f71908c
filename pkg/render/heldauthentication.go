package render

import (
	"path"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// heldAuthentication is what the owner of an API server cannot get yet, because a reader's issuer or its public keys
// are unknown. The configuration is held back as a whole: without an issuer, it would lock that reader out.
func (in Input) heldAuthentication(target *v1alpha1.Cluster) []Held {
	if !access.KindOf(target).Traits().Issued || !in.Graph.IsTarget(target.Name) {
		return nil
	}
	var held []Held
	hold := func(consumer *v1alpha1.Cluster, why, file string) {
		held = append(held, Held{
			Missing: Missing{Why: why, Next: collectCommand(consumer)},
			Cluster: target.Name,
			File:    file,
		})
	}
	for consumer := range in.Graph.Consumers(target.Name) {
		noIssuer := consumer.API.ServiceAccountIssuer == ""
		if noIssuer {
			hold(consumer, "the service account issuer of "+consumer.Name+" is unknown", layout.AuthenticationFile(target.Name))
		}
		if target.Reader.DiscoveryURL != "" && (noIssuer || consumer.API.ServiceAccountJWKS == "") {
			for _, document := range []string{documentJWKS, documentDiscovery} {
				hold(consumer, "the public keys of the service account issuer of "+consumer.Name+" are unknown",
					path.Join(layout.IssuerDocuments(target.Name, consumer.Name), document))
			}
		}
	}
	return held
}
