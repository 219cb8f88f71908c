package workspace

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// RenderInput is what a rendering of the workspace begins with, without credentials.
func (ws *Workspace) RenderInput() render.Input {
	return render.Input{Mesh: ws.Doc.Mesh, Graph: ws.Graph, Bundles: ws.Bundles, Root: ws.RootText,
		Tokens: map[access.Pair]kubeconfig.Token{}, ClientCertificates: map[access.Pair]kubeconfig.ClientCertificate{}}
}

// BundlesWith are the certificates of all clusters, one of them replaced.
func (ws *Workspace) BundlesWith(cluster string, bundle trust.Bundle) map[string]trust.Bundle {
	all := map[string]trust.Bundle{}
	for name, b := range ws.Bundles {
		all[name] = b
	}
	all[cluster] = bundle
	return all
}
