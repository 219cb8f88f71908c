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

// ImportInput is certificates that were made elsewhere.
type ImportInput struct {
	Cluster string
	// Dir is a directory in one of istiod's layouts: its files by name. Nil when Files has the answer to a
	// request instead.
	Dir map[string][]byte
	// Files are PEM certificates, by name.
	Files map[string][]byte
	// RootCA are the roots, for the first import; nil: those among the certificates.
	RootCA []byte
}

// DirFiles are the names that an imported directory may have, in either layout of istiod.
func DirFiles() []string {
	return []string{trust.CACertFile, trust.CAKeyFile, trust.CertChainFile, trust.RootCertFile,
		trust.TLSCertFile, trust.TLSKeyFile, trust.TLSRootFile}
}

// Import keeps the certificates of a cluster that were made elsewhere, unless istiod would refuse them.
func (a *Authority) Import(ctx context.Context, in ImportInput) error {
	cluster, err := a.member(in.Cluster)
	if err != nil {
		return err
	}
	bundle, err := a.imported(in)
	if err != nil {
		return verdict.Input(err)
	}
	if err := bundle.Check(a.Now); err != nil {
		return verdict.Input(fmt.Errorf("istiod would refuse the certificates: %w", err))
	}
	known, err := a.Workspace.ReadOptional(layout.RootCertificate())
	if err != nil {
		return terminal.QuotePath(err)
	}
	signing, err := bundle.Certificate()
	if err != nil {
		return err
	}
	return a.change(ctx, func(c *change) error {
		c.sayIssued(cluster.Name, signing)
		c.Expect(layout.RootCertificate(), known)
		if known == nil {
			c.Public(layout.RootCertificate(), bundle.Root)
			c.advisePins(bundle.Root, "compare the fingerprint with the owner of the root over another channel; then, ")
		}
		return c.keepBundle(cluster.Name, bundle)
	})
}

// imported is what is to be kept; its root is the mesh's, if there is one.
func (a *Authority) imported(in ImportInput) (trust.Bundle, error) {
	known, err := a.Workspace.ReadOptional(layout.RootCertificate())
	if err != nil {
		return trust.Bundle{}, terminal.QuotePath(err)
	}
	if known == nil {
		known = in.RootCA
	}
	if in.Dir == nil {
		return a.answered(in, known)
	}
	bundle, err := trust.FromFiles(in.Dir)
	if err != nil || known == nil || bytes.Equal(known, bundle.Root) {
		return bundle, err
	}
	bundle.Root = known // and Check tells whether it leads there
	return bundle, nil
}

// answered is the answer to a request.
func (a *Authority) answered(in ImportInput, known []byte) (trust.Bundle, error) {
	var certificates []*x509.Certificate
	for _, name := range slices.Sorted(maps.Keys(in.Files)) {
		some, err := trust.ParseCertificates(in.Files[name])
		if err != nil {
			return trust.Bundle{}, fmt.Errorf("read %s: %w", name, err)
		}
		certificates = append(certificates, some...)
	}
	if roots := trust.RootsAmong(certificates); known == nil && len(roots) > 0 {
		known = trust.EncodeCertificates(roots...)
	}
	if known == nil {
		return trust.Bundle{}, hint.Add(errors.New("there is no root among the certificates"), "name it: --root-ca FILE")
	}
	key, public, err := a.requested(in.Cluster)
	if err != nil {
		return trust.Bundle{}, err
	}
	return trust.Assemble(certificates, public, known, key)
}

// requested is the key of a request of ours: the private half where it is here, else the public one.
func (a *Authority) requested(cluster string) (trust.Key, crypto.PublicKey, error) {
	if _, err := a.Workspace.Root.Lstat(layout.SigningKey(cluster)); err == nil {
		key, err := a.Workspace.ReadKey(layout.SigningKey(cluster))
		return key, key.Public(), err
	}
	text, err := a.Workspace.ReadFile(layout.SigningRequest(cluster))
	if err != nil {
		return trust.Key{}, nil, hint.Add(errors.New("there is neither a key nor a request of "+cluster+" here"),
			"give a folder with "+trust.CAKeyFile+", or ask first: kubectl mesh ca request --cluster "+cluster+a.Workspace.FilenameFlag())
	}
	public, err := trust.ParseRequest(text)
	return trust.Key{}, public, err
}
