package workspace

import (
	"io/fs"
	"path"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// Validities is when the credentials that are here begin and end. It goes by the folders that are there,
// not by the readings: of those there may be a million.
func (ws *Workspace) Validities() []rules.Credential {
	var known []rules.Credential
	targets, _ := fs.ReadDir(ws.Root.FS(), layout.Credentials) // none, where there are none
	for _, target := range targets {
		consumers, _ := fs.ReadDir(ws.Root.FS(), path.Join(layout.Credentials, target.Name()))
		for _, consumer := range consumers {
			pair := access.Pair{Target: target.Name(), Consumer: consumer.Name()}
			if reads, _ := ws.Graph.Reads(pair.Consumer, pair.Target); !reads {
				continue
			}
			if life, ok := ws.Validity(pair); ok {
				known = append(known, life)
			}
		}
	}
	return known
}

// Validity says nothing of a credential that is not here, and of one that cannot be read: render does.
func (ws *Workspace) Validity(pair access.Pair) (rules.Credential, bool) {
	life := rules.Credential{Target: pair.Target, Consumer: pair.Consumer}
	target, _ := ws.Graph.Cluster(pair.Target)
	switch target.Reader.Auth {
	case v1alpha1.ReaderAuthToken:
		token, _, err := ws.ReadToken(pair)
		life.File = ws.Path(pair.TokenFile())
		if remedies := hint.Of(err); len(remedies) > 0 {
			life.Problem, life.Hint = err.Error(), remedies[0]
			return life, true
		}
		claims, ok := token.Claims()
		life.NotBefore, life.NotAfter = claims.IssuedAt, claims.Expiry
		return life, ok && err == nil
	case v1alpha1.ReaderAuthClientCertificate:
		certificate, err := ws.ReadClientCertificate(pair)
		if err != nil {
			return life, false
		}
		life.File, life.NotBefore, life.NotAfter = ws.Path(path.Dir(pair.TokenFile())), certificate.NotBefore(), certificate.NotAfter()
		return life, true
	case v1alpha1.ReaderAuthFederated, v1alpha1.ReaderAuthExternal: // nothing of it is here
	}
	return life, false
}
