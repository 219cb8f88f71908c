package render

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// authenticationSteps are for the owner of an API server that trusts the issuers of its readers.
func (c compiler) authenticationSteps() []step {
	if !access.KindOf(c.cluster).Traits().Issued || !c.Graph.IsTarget(c.cluster.Name) {
		return nil
	}
	text := "Ask the API server's owner to merge `" + layout.Deployed(layout.AuthenticationFile(c.cluster.Name)) +
		"` into the file of its flag\n`--authentication-config`. The API server reloads it when it changes."
	if c.cluster.Reader.DiscoveryURL != "" {
		documents := layout.Deployed(layout.IssuerDocuments(c.cluster.Name, ""))
		text += " Serve the directory `" + documents + "`\nat " + c.cluster.Reader.DiscoveryURL + "."
	} else {
		text += " It must reach the issuers of its readers, which must\n" +
			"allow it: `kubectl create clusterrolebinding issuer-discovery " +
			"--clusterrole=system:service-account-issuer-discovery --group=system:unauthenticated`."
	}
	return []step{{Text: text}}
}

// takesOptions reports whether an istiod of the mesh accepts remote secrets that refer to files or programs.
func (in Input) takesOptions() bool {
	for cluster := range in.Graph.Clusters() {
		if access.KindOf(cluster).Traits().Form == access.FormPublic && in.Graph.IsTarget(cluster.Name) {
			return true
		}
	}
	return false
}
