package render

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// authenticationSteps are for the owner of an API server that trusts the issuers of its readers.
func (c compiler) authenticationSteps() []step {
	if c.cluster.Reader.Auth != v1alpha1.ReaderAuthFederated || !c.Graph.IsRead(c.cluster.Name) {
		return nil
	}
	text := "For the owner of the API server: merge `" + layout.Deployed(layout.AuthenticationFile(c.cluster.Name)) +
		"` into the file of its flag\n`--authentication-config`. It is read again when it changes."
	if c.cluster.Reader.DiscoveryURL != "" {
		text += " Serve the folder `" + layout.Deployed(layout.IssuerDocuments(c.cluster.Name, "")) + "`\nat " + c.cluster.Reader.DiscoveryURL + "."
	} else {
		text += " It must reach the issuers of its readers, and be let in\nthere: `kubectl create clusterrolebinding issuer-discovery --clusterrole=system:service-account-issuer-discovery --group=system:unauthenticated`."
	}
	return []step{{Text: text}}
}

// takesTokenFiles tells whether an istiod of the mesh is told to take remote secrets that name files.
func (in Input) takesTokenFiles() bool {
	for cluster := range in.Graph.Clusters() {
		if cluster.Reader.Auth == v1alpha1.ReaderAuthFederated && in.Graph.IsRead(cluster.Name) {
			return true
		}
	}
	return false
}
