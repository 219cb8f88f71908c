package reader

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// Request makes the key with which a consumer reads a target, where there is none, and the request for its
// certificate: a PEM text, and the fingerprint of the key. It writes the key alone.
func Request(ws *workspace.Workspace, pair access.Pair, tell hint.Tell) (request []byte, fingerprint string, err error) {
	return clientRequest(ws, pair, tell)
}

// IsRequestOf recognizes a request of any generation.
func IsRequestOf(text []byte, pair access.Pair) bool {
	user, err := kubeconfig.ClientRequestUser(text)
	first := access.ReaderUser(pair.Consumer, 1)
	return err == nil && (user == first || strings.HasPrefix(user, first+":"))
}

// clientRequest makes the request of the newest generation, and its key where there is none.
func clientRequest(ws *workspace.Workspace, pair access.Pair, tell hint.Tell) (request []byte, fingerprint string, err error) {
	target, _ := ws.Graph.Cluster(pair.Target)
	generation := access.Generation(target, pair.Consumer)
	file := pair.ClientKeyFile(generation)
	key, err := clientKey(ws, file)
	if err != nil {
		return nil, "", err
	}
	if key == nil {
		if key, err = kubeconfig.NewClientKey(); err == nil {
			err = ws.WritePrivate(file, key)
		}
		if err != nil {
			return nil, "", err
		}
	} else {
		tell.Say("the key of %s for %s is there already, and is used", pair.Consumer, pair.Target)
	}
	user := access.ReaderUser(pair.Consumer, generation)
	if request, err = kubeconfig.NewClientRequest(key, user); err != nil {
		return nil, "", hint.Add(fmt.Errorf("%s: %w", ws.Path(file), err), "remove the file to begin anew")
	}
	fingerprint, err = kubeconfig.CheckClientRequest(request, user)
	return request, fingerprint, err
}

// clientKey is the one that is there already; nil when there is none. A new one would make the
// certificate of the old one worthless.
func clientKey(ws *workspace.Workspace, file string) ([]byte, error) {
	key, err := ws.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return key, err
}
