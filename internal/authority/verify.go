package authority

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// verifyBundle reads a cluster's written files back: istiod must accept them, and a written key must match the
// certificate.
func (c *change) verifyBundle(cluster string, keyed bool) {
	c.Verify(func(files fs.FS) error {
		bundle, err := readBundle(files, cluster, keyed)
		if err == nil {
			err = bundle.Check(c.a.Now)
		}
		if err != nil {
			return fmt.Errorf("the certificates of %s: %w", cluster, err)
		}
		return nil
	})
}

func readBundle(files fs.FS, cluster string, keyed bool) (trust.Bundle, error) {
	var errs []error
	read := func(name string) []byte {
		text, err := fs.ReadFile(files, name)
		errs = append(errs, err)
		return text
	}
	bundle := trust.Bundle{CACert: read(layout.TrustFile(cluster, trust.CACertFile)),
		Chain: read(layout.TrustFile(cluster, trust.CertChainFile)), Root: read(layout.RootCertificate())}
	if keyed {
		key, err := trust.ParseKey(read(layout.SigningKey(cluster)))
		bundle.Key, errs = key, append(errs, err)
	}
	return bundle, errors.Join(errs...)
}

// verifyRoot reads the roots back, and an unencrypted key of one of them.
func (c *change) verifyRoot(k rootKey) {
	c.Verify(func(files fs.FS) error { return checkRootKey(files, k) })
}

// checkRootKey rejects an unencrypted key that belongs to none of the roots.
func checkRootKey(files fs.FS, k rootKey) error {
	text, err := fs.ReadFile(files, layout.RootCertificate())
	if err != nil {
		return err
	}
	roots, err := trust.ParseCertificates(text)
	if err != nil {
		return fmt.Errorf("%s: %w", layout.RootCertificate(), err)
	}
	text, err = fs.ReadFile(files, k.clear())
	if errors.Is(err, fs.ErrNotExist) {
		return nil // encrypted, or stored elsewhere
	}
	if err != nil {
		return err
	}
	key, err := trust.ParseKey(text)
	if err != nil {
		return fmt.Errorf("%s: %w", k.clear(), err)
	}
	for _, root := range roots {
		if isKeyOf(key, root) {
			return nil
		}
	}
	return fmt.Errorf("%s does not match a root in %s", k.clear(), layout.RootCertificate())
}

func isKeyOf(key trust.Key, certificate *x509.Certificate) bool {
	public, ok := certificate.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(key.Public())
}
