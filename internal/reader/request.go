package reader

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// RequestInput is a reader that needs a certificate.
type RequestInput struct {
	Workspace *workspace.Workspace
	Pair      access.Pair
	// Out is the file of the request; if empty, a file next to mesh.yaml.
	Out string
	Log hint.Log
}

// Request creates a consumer's key, if there is none, and the request for its certificate. It returns the file of the
// request and the fingerprint of the key.
func Request(ctx context.Context, in RequestInput) (file, fingerprint string, err error) {
	if file, err = requestFile(in); err != nil {
		return "", "", err
	}
	made, err := newClientRequest(in.Workspace, in.Pair, in.Log)
	if err != nil {
		return "", "", err
	}
	err = in.Workspace.Change(ctx, func(c *workspace.Change) error {
		made.keepKey(c)
		if in.Out == "" {
			c.Public(layout.ClientRequest(in.Pair.Target, in.Pair.Consumer), made.request)
		}
		return nil
	})
	if err == nil && in.Out != "" { // the same command writes it again, with the same key
		err = output.WriteFile(file, made.request, output.FileOptions{Mode: 0o644, Force: true})
	}
	return file, made.fingerprint, err
}

// requestFile returns the path of the request, in an existing directory.
func requestFile(in RequestInput) (string, error) {
	file, pair := in.Out, in.Pair
	if file == "" {
		file = in.Workspace.Path(layout.ClientRequest(pair.Target, pair.Consumer))
	}
	if info, err := os.Stat(filepath.Dir(file)); err != nil || !info.IsDir() {
		return "", verdict.Inputf("create it, or specify another file",
			"directory %q for the request does not exist", filepath.Dir(file))
	}
	return file, checkReplaced(file, pair, "specify another one: --out FILE")
}

// checkReplaced allows replacing only an earlier request of this reader.
func checkReplaced(file string, pair access.Pair, remedy string) error {
	info, err := os.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && info.Mode().IsRegular() && info.Size() <= workspace.MaxFile {
		if text, err := os.ReadFile(filepath.Clean(file)); err == nil && isRequestOf(text, pair) {
			return nil
		}
	}
	return verdict.Inputf(remedy,
		"%q already exists, and is not a request of %s for %s", file, pair.Consumer, pair.Target)
}

// isRequestOf recognizes requests of any generation.
func isRequestOf(text []byte, pair access.Pair) bool {
	user, err := kubeconfig.ClientRequestUser(text)
	first := access.ReaderUser(pair.Consumer, 1)
	return err == nil && (user == first || strings.HasPrefix(user, first+":"))
}

// clientRequest is the request of the newest generation.
type clientRequest struct {
	request     []byte
	file        string
	fingerprint string
	keyFile     string
	key         []byte // nil if it exists already
}

// keepKey writes the key if there is none.
func (r clientRequest) keepKey(c *workspace.Change) {
	if r.key != nil {
		c.Expect(r.keyFile, nil)
		c.Private(r.keyFile, r.key)
	}
}

func newClientRequest(ws *workspace.Workspace, pair access.Pair, log hint.Log) (made clientRequest, err error) {
	target, err := ws.Graph.Get(pair.Target)
	if err != nil {
		return made, err
	}
	generation := access.Generation(target, pair.Consumer)
	made.keyFile = pair.ClientKeyFile(generation)
	key, err := clientKey(ws, made.keyFile)
	if err != nil {
		return made, err
	}
	if key == nil {
		if key, err = kubeconfig.NewClientKey(); err != nil {
			return made, err
		}
		made.key = key
	} else {
		log.Info("using the existing key of %s for %s", pair.Consumer, pair.Target)
	}
	user := access.ReaderUser(pair.Consumer, generation)
	if made.request, err = kubeconfig.NewClientRequest(key, user); err != nil {
		return made, hint.Add(fmt.Errorf("%s: %w", ws.Path(made.keyFile), err), "remove the file to start over")
	}
	made.fingerprint, err = kubeconfig.CheckClientRequest(made.request, user)
	return made, err
}

// clientKey returns the existing key; nil if there is none. A new key would invalidate the certificate of the old one.
func clientKey(ws *workspace.Workspace, file string) ([]byte, error) {
	key, err := ws.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return key, err
}
