package workspace

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// RenderInput returns the input of rendering without credentials.
func (ws *Workspace) RenderInput() render.Input {
	return render.Input{
		Mesh:        ws.Doc.Mesh,
		Graph:       ws.Graph,
		Bundles:     ws.Bundles,
		Root:        ws.RootText,
		Credentials: map[access.Pair]kubeconfig.Credential{},
	}
}

// AddCredentials reads the credentials and keys that these clusters need. The problems do not stop rendering.
func (ws *Workspace) AddCredentials(in *render.Input, clusters []string) ([]mesh.Problem, error) {
	var pairs []access.Pair
	for _, cluster := range clusters {
		pairs = append(pairs, access.SecretPairs(ws.Graph, cluster)...)
	}
	credentials, err := ws.ReadCredentials(pairs)
	if err != nil {
		return nil, err
	}
	in.Credentials, in.AbsentCredentials = credentials.Held, credentials.Absent
	in.Bundles, in.AbsentKeys, err = ws.ReadKeys(in.Bundles, clusters)
	return credentials.Problems, err
}

// BundlesWith returns the certificates of all clusters, with one replaced.
func (ws *Workspace) BundlesWith(cluster string, bundle trust.Bundle) map[string]trust.Bundle {
	all := map[string]trust.Bundle{}
	for name, b := range ws.Bundles {
		all[name] = b
	}
	all[cluster] = bundle
	return all
}
