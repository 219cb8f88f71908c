package cli

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// sourceKeyFile is the key with which a workspace recognizes what it has sealed. It opens nothing; a
// workspace without it compares what the annotations say.
func sourceKeyFile() string { return path.Join(credentialsFolder, "sealing.key") }

const sourceKeySize = 32

// readSourceKey is nothing when there is none yet.
func (r *sealRun) readSourceKey() ([]byte, error) {
	text, err := r.ws.readFile(sourceKeyFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, inputError{quotePath(err)}
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != sourceKeySize {
		return nil, inputErrorf("remove it; the next run makes another", "%s is damaged", r.ws.path(sourceKeyFile()))
	}
	return key, nil
}

func (r *sealRun) makeSourceKey() error {
	key := make([]byte, sourceKeySize)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	r.source = key
	return r.ws.keepPrivate(sourceKeyFile(), []byte(hex.EncodeToString(key)+"\n"))
}

// renderInput is what a rendering of the workspace begins with, without credentials.
func (ws *workspace) renderInput() render.Input {
	return render.Input{Mesh: ws.doc.Mesh, Graph: ws.graph, Bundles: ws.bundles,
		Tokens: map[render.Reading]kubeconfig.Token{}, ClientCertificates: map[render.Reading]kubeconfig.ClientCertificate{}}
}

// bundlesWith are the certificates of all clusters, one of them replaced.
func (ws *workspace) bundlesWith(cluster string, bundle trust.Bundle) map[string]trust.Bundle {
	all := map[string]trust.Bundle{}
	for name, b := range ws.bundles {
		all[name] = b
	}
	all[cluster] = bundle
	return all
}
