package rules

import (
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

func noRoot() Rule {
	return Rule{
		ID: "MESH091", Severity: mesh.SeverityIncomplete, partial: true,
		Title: "The clusters share no root of trust",
		Why: "An istiod that starts without Secret cacerts creates a root of its own. Remote secrets exist and endpoints " +
			"are known, but every call between two clusters fails in mutual TLS: neither trusts the other's root. " +
			"spec.trust.ca.provider is files, which is the default, and no cluster has certificates in trust/.",
		Remedy: "Create a root, and an intermediate for each cluster: kubectl mesh ca init, then kubectl mesh ca issue " +
			"--all. Or import those of your own CA: kubectl mesh ca import. If something else provides Secret cacerts, set " +
			"spec.trust.ca.provider: none.",
		find: func(in Input) []finding {
			if len(in.Certificates) > 0 || !access.NeedsRoot(in.Mesh, in.Graph) {
				return nil
			}
			names := access.Signers(in.Graph)
			next := access.FirstCertificates(in.Mesh.Spec.Trust.CA, len(in.Roots) > 0)
			return []finding{{clusters: names, field: "spec.trust.ca",
				message: fmt.Sprintf("%s share no root of trust: there are no certificates in trust/", abridged(names)),
				hint:    next + "; if something else provides Secret cacerts, set trust: {ca: {provider: none}}"}}
		},
	}
}
