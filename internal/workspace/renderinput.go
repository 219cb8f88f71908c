package workspace

import (
	"maps"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// RenderInput is what a rendering of the workspace begins with, without credentials.
func (ws *Workspace) RenderInput() render.Input {
	return render.Input{Mesh: ws.Doc.Mesh, Graph: ws.Graph, Bundles: ws.Bundles, Root: ws.RootText,
		Tokens: map[access.Pair]kubeconfig.Token{}, ClientCertificates: map[access.Pair]kubeconfig.ClientCertificate{}}
}

// AddCredentials reads the credentials and keys that these clusters need. The problems do not stop a rendering.
func (ws *Workspace) AddCredentials(in *render.Input, clusters []string) ([]mesh.Problem, error) {
	tokens, err := ws.ReadTokens(clusters)
	if err != nil {
		return nil, err
	}
	in.Tokens, in.AbsentCredentials = tokens.Held, tokens.Absent
	certificates, absent, err := ws.ReadClientCertificates(clusters)
	if err != nil {
		return tokens.Problems, err
	}
	in.ClientCertificates = certificates
	maps.Copy(in.AbsentCredentials, absent)
	in.Bundles, in.AbsentKeys, err = ws.ReadKeys(in.Bundles, clusters)
	return tokens.Problems, err
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
