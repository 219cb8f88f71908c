package authority

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// ImportInput is certificates that were issued elsewhere.
type ImportInput struct {
	Cluster string
	// Dir is a directory in one of istiod's layouts: its files by name. Nil if Files contains the answer to a request.
	Dir map[string][]byte
	// Files are PEM certificates, by name.
	Files map[string][]byte
	// RootCA are the roots of the certificates; if nil, those in Files, or those of the mesh.
	RootCA []byte
}

// DirFiles returns the file names of an imported directory, in either of istiod's layouts.
func DirFiles() []string {
	return []string{trust.CACertFile, trust.CAKeyFile, trust.CertChainFile, trust.RootCertFile,
		trust.TLSCertFile, trust.TLSKeyFile, trust.TLSRootFile}
}

// Import stores a cluster's certificates that were issued elsewhere, unless istiod would reject them. A chain to a root
// that is not the mesh's adds that root if mesh.yaml pins it, which joins two meshes.
func (a *Authority) Import(ctx context.Context, in ImportInput) error {
	cluster, err := a.member(in.Cluster)
	if err != nil {
		return err
	}
	known, err := a.Workspace.ReadOptional(layout.RootCertificate())
	if err != nil {
		return terminal.QuotePath(err)
	}
	bundle, err := a.imported(in, known)
	if err != nil {
		return verdict.Input(err)
	}
	if err := bundle.Check(a.Now); err != nil {
		return verdict.Input(fmt.Errorf("istiod would reject the certificates: %w", err))
	}
	if bundle.Root, err = a.joinedRoots(known, bundle); err != nil {
		return verdict.Input(err)
	}
	signing, err := bundle.Certificate()
	if err != nil {
		return err
	}
	return a.change(ctx, func(c *change) error {
		c.infoIssued(cluster.Name, signing)
		c.then = append(c.then, func() error {
			return a.logRoots(known, bundle.Root, "clusters of the two meshes are linked (spec.links)")
		})
		c.Expect(layout.RootCertificate(), known)
		if !bytes.Equal(known, bundle.Root) {
			c.Public(layout.RootCertificate(), bundle.Root)
		}
		return c.keepBundle(cluster.Name, bundle)
	})
}

// imported returns the bundle to store, with the mesh's roots if its chain leads to one of them, otherwise with its
// own.
func (a *Authority) imported(in ImportInput, known []byte) (trust.Bundle, error) {
	read := a.answered
	if in.Dir != nil {
		read = directory
	}
	bundle, err := read(in, known)
	if err == nil && (trust.Bundle{Root: known}).Trusts(bundle) {
		bundle.Root = known
	}
	return bundle, err
}

// directory reads a directory in one of istiod's layouts. Specified roots replace those in it, and the mesh's roots are
// the default.
func directory(in ImportInput, known []byte) (trust.Bundle, error) {
	files, name := maps.Clone(in.Dir), trust.RootCertFile
	if _, ok := files[trust.TLSCertFile]; ok {
		name = trust.TLSRootFile
	}
	switch missing := len(bytes.TrimSpace(files[name])) == 0; {
	case in.RootCA != nil:
		files[name] = in.RootCA
	case missing && known != nil:
		files[name] = known
	case missing && len(files) > 0:
		_, err := trust.FromFiles(files)
		return trust.Bundle{}, hint.Add(hint.Without(err), "add "+name+" to the directory, or name the file: --root-ca FILE")
	}
	return trust.FromFiles(files)
}

// answered reads the answer to a request.
func (a *Authority) answered(in ImportInput, known []byte) (trust.Bundle, error) {
	certificates, err := certificatesIn(in.Files)
	if err != nil {
		return trust.Bundle{}, err
	}
	root := known
	if roots := trust.RootsAmong(certificates); in.RootCA != nil {
		root = in.RootCA
	} else if len(roots) > 0 {
		root = trust.EncodeCertificates(roots...)
	}
	if root == nil {
		return trust.Bundle{}, hint.Add(errors.New("the certificates do not include a root"), "specify it: --root-ca FILE")
	}
	key, public, err := a.requested(in.Cluster)
	if err != nil {
		return trust.Bundle{}, err
	}
	return trust.Assemble(certificates, public, root, key)
}

// certificatesIn returns those of all files, in the order of their names.
func certificatesIn(files map[string][]byte) ([]*x509.Certificate, error) {
	var certificates []*x509.Certificate
	for _, name := range slices.Sorted(maps.Keys(files)) {
		some, err := trust.ParseCertificates(files[name])
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		certificates = append(certificates, some...)
	}
	return certificates, nil
}

// requested returns the key of our request: the private key if available, otherwise the public one.
func (a *Authority) requested(cluster string) (trust.Key, crypto.PublicKey, error) {
	if _, err := a.Workspace.Root.Lstat(layout.SigningKey(cluster)); err == nil {
		key, err := a.Workspace.ReadKey(layout.SigningKey(cluster))
		return key, key.Public(), err
	}
	text, err := a.Workspace.ReadFile(layout.SigningRequest(cluster))
	if err != nil {
		return trust.Key{}, nil, hint.Add(errors.New("there is neither a key nor a request for "+cluster+" here"),
			"specify a directory with "+trust.CAKeyFile+", or create a request first: kubectl mesh ca request --cluster "+
				cluster+a.Workspace.FilenameFlag())
	}
	public, err := trust.ParseRequest(text)
	return trust.Key{}, public, err
}
