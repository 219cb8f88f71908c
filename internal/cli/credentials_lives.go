package cli

import (
	"io/fs"
	"path"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// lives is when the credentials that are here begin and end. It goes by the folders that are there,
// not by the readings: of those there may be a million.
func (ws *workspace) lives() []rules.Credential {
	var known []rules.Credential
	targets, _ := fs.ReadDir(ws.root.FS(), credentialsFolder) // none, where there are none
	for _, target := range targets {
		consumers, _ := fs.ReadDir(ws.root.FS(), path.Join(credentialsFolder, target.Name()))
		for _, consumer := range consumers {
			reading := render.Reading{Target: target.Name(), Consumer: consumer.Name()}
			if reads, _ := ws.graph.Reads(reading.Consumer, reading.Target); !reads {
				continue
			}
			if life, ok := ws.life(reading); ok {
				known = append(known, life)
			}
		}
	}
	return known
}

// life says nothing of a credential that cannot be used: render does.
func (ws *workspace) life(reading render.Reading) (rules.Credential, bool) {
	life := rules.Credential{Target: reading.Target, Consumer: reading.Consumer}
	target, _ := ws.graph.Cluster(reading.Target)
	switch target.Reader.Auth {
	case v1alpha1.ReaderAuthToken:
		token, _, err := ws.readToken(reading)
		claims, ok := token.Claims()
		life.File, life.NotBefore, life.NotAfter = ws.path(reading.TokenFile()), claims.IssuedAt, claims.Expiry
		return life, ok && err == nil
	case v1alpha1.ReaderAuthClientCertificate:
		certificate, err := ws.readClientCertificate(reading)
		if err != nil {
			return life, false
		}
		life.File, life.NotBefore, life.NotAfter = ws.path(path.Dir(reading.TokenFile())), certificate.NotBefore(), certificate.NotAfter()
		return life, true
	case v1alpha1.ReaderAuthFederated, v1alpha1.ReaderAuthExternal: // nothing of it is here
	}
	return life, false
}
