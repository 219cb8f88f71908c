package writers_test

import (
	"crypto"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealing"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// checkConsistent fails where the files of a workspace do not fit together.
func checkConsistent(t *testing.T, what, dir string, loads bool) {
	t.Helper()
	err := isConsistent(os.DirFS(dir))
	if loads {
		err = errors.Join(err, load(t, dir))
	}
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

// load reads the mesh and its facts.
func load(t *testing.T, dir string) error {
	ws, _, err := workspace.Read(t.Context(), workspace.Source{Filename: filepath.Join(dir, "mesh.yaml")})
	if err != nil {
		return err
	}
	defer ws.Close()
	if ws.Graph == nil {
		return errors.New("the mesh does not load")
	}
	return nil
}

// isConsistent reports everything that does not fit.
func isConsistent(files fs.FS) error {
	var errs []error
	add := func(name string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	add("root-cert.pem", rootFits(files))
	for _, name := range glob(files, "trust/*/ca-cert.pem", "credentials/*/ca-key.pem") {
		cluster := path.Base(path.Dir(name))
		add(cluster, bundleFits(files, cluster))
	}
	for _, name := range glob(files, "credentials/*/*/client*.crt") {
		if key := read(files, strings.TrimSuffix(name, ".crt")+".key"); key != nil {
			_, err := kubeconfig.ParseClientCertificate(read(files, name), key)
			add(name, err)
		}
	}
	for _, name := range glob(files, "sealed/*/*.yaml") {
		_, err := sealing.Parse(read(files, name))
		add(name, err)
	}
	if text := read(files, ".kubectl-mesh/state.yaml"); text != nil {
		_, err := mesh.ParseState(text)
		add("state.yaml", err)
	}
	return errors.Join(errs...)
}

// rootFits: a root key that is not encrypted is that of a root, and there is none without a root.
func rootFits(files fs.FS) error {
	text, key := read(files, "trust/root-cert.pem"), read(files, "credentials/root-key.pem")
	if key == nil {
		return nil
	}
	private, err := trust.ParseKey(key)
	if err != nil {
		return err
	}
	roots, err := trust.ParseCertificates(text)
	if err != nil {
		return err
	}
	for _, root := range roots {
		if public, ok := root.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); ok && public.Equal(private.Public()) {
			return nil
		}
	}
	return errors.New("the root key is that of no root")
}

// bundleFits: istiod would take the certificates of a cluster, and the key is theirs. A key alone waits for them.
func bundleFits(files fs.FS, cluster string) error {
	bundle := trust.Bundle{CACert: read(files, "trust/"+cluster+"/ca-cert.pem"), Chain: read(files, "trust/"+cluster+"/cert-chain.pem"),
		Root: read(files, "trust/root-cert.pem")}
	if text := read(files, "credentials/"+cluster+"/ca-key.pem"); text != nil {
		key, err := trust.ParseKey(text)
		if bundle.Key = key; err != nil || bundle.CACert == nil && bundle.Chain == nil {
			return err
		}
	}
	return bundle.Check(time.Now())
}

func glob(files fs.FS, patterns ...string) []string {
	var names []string
	for _, pattern := range patterns {
		some, _ := fs.Glob(files, pattern) // the patterns are well formed
		names = append(names, some...)
	}
	return names
}

// read is nil if there is no file.
func read(files fs.FS, name string) []byte {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil
	}
	return text
}
