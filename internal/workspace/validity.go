package workspace

import (
	"errors"
	"io/fs"
	"path"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// Validities returns the validity of the existing credentials. It lists directories instead of pairs, of which there
// can be a million.
func (ws *Workspace) Validities() []rules.Credential {
	var known []rules.Credential
	targets, _ := fs.ReadDir(ws.Root.FS(), layout.Credentials) // none, if the directory does not exist
	for _, target := range targets {
		consumers, _ := fs.ReadDir(ws.Root.FS(), path.Join(layout.Credentials, target.Name()))
		for _, consumer := range consumers {
			pair := access.Pair{Target: target.Name(), Consumer: consumer.Name()}
			if reads, _ := ws.Graph.Reads(pair.Consumer, pair.Target); !reads {
				continue
			}
			if validity, ok := ws.Validity(pair); ok {
				known = append(known, validity)
			}
		}
	}
	return known
}

// Validity returns nothing for a missing or unreadable credential: render reports it.
func (ws *Workspace) Validity(pair access.Pair) (rules.Credential, bool) {
	known := rules.Credential{Target: pair.Target, Consumer: pair.Consumer}
	a, err := ws.Access(pair)
	if err != nil || !a.Kind().Traits().Held() {
		return known, false
	}
	if a.Kind().Traits().Form == access.FormCertificate {
		certificate, err := ws.ReadClientCertificate(pair)
		if err != nil {
			return known, false
		}
		known.File = ws.Path(path.Dir(pair.TokenFile()))
		known.NotBefore, known.NotAfter = certificate.NotBefore(), certificate.NotAfter()
		return known, true
	}
	token, _, err := ws.ReadToken(pair)
	known.File = ws.Path(pair.TokenFile())
	if remedies := hint.Of(err); len(remedies) > 0 {
		known.Problem, known.Hint = err.Error(), remedies[0]
		return known, true
	}
	if errors.Is(err, kubeconfig.ErrToken) {
		known.Problem, known.Hint = err.Error(), ws.FetchCommand(pair)
		return known, true
	}
	claims, ok := token.Claims()
	known.NotBefore, known.NotAfter = claims.IssuedAt, claims.Expiry
	return known, ok && err == nil
}
