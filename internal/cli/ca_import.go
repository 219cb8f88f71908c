package cli

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

type caImportOptions struct {
	caOptions
	cluster string
	rootCA  string
	from    []string
}

func newCAImport(system System, runF func(*caImportOptions) error) *cobra.Command {
	o := &caImportOptions{caOptions: caOptions{System: system}}
	cmd := &cobra.Command{
		Use:   "import --cluster NAME FOLDER | FILE...",
		Short: "Take over certificates that others have made",
		Long: `Take over the certificates of a cluster that others have made.

A folder has the files of Istio's Makefile (ca-cert.pem, ca-key.pem, cert-chain.pem, root-cert.pem) or
those of cert-manager (tls.crt, tls.key, ca.crt). Files are the answer to ca request: PEM certificates
in any order, one of which is for the key of the request.

Everything that istiod would refuse is refused, for istiod's reason, before anything is written. The
first import brings the root along, from the folder or with --root-ca; later ones must be under it.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return inputErrorf("name a folder, or the files with the certificates", "there is nothing to take over")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			o.from = args
			if runF != nil {
				return runF(o)
			}
			if err := checkClusterFlag(o.cluster); err != nil {
				return err
			}
			return o.Run()
		},
	}
	o.add(cmd)
	addCluster(cmd, &o.cluster, &o.filename)
	cmd.Flags().StringVar(&o.rootCA, "root-ca", "", "the root certificates, for the first import of files")
	_ = cmd.MarkFlagFilename("root-ca")
	return cmd
}

func (o *caImportOptions) Run() error {
	a, err := o.open()
	if err != nil {
		return err
	}
	defer a.close()
	cluster, err := a.member(o.cluster)
	if err != nil {
		return err
	}
	bundle, err := o.bundle(a)
	if err != nil {
		return inputError{err}
	}
	if err := bundle.Check(a.now); err != nil {
		return inputError{fmt.Errorf("istiod would refuse the certificates: %w", err)}
	}
	if err := a.keepBundle(cluster.Name, bundle); err != nil {
		return err
	}
	known, err := a.readOptional(rootCertFile())
	if err != nil {
		return quotePath(err)
	}
	if known == nil {
		if err := a.keepPublic(rootCertFile(), bundle.Root); err != nil {
			return err
		}
	}
	signing, err := bundle.Certificate()
	if err != nil {
		return err
	}
	a.sayIssued(cluster.Name, signing)
	return nil
}

// bundle reads what is to be taken over; its root is the mesh's, if there is one.
func (o *caImportOptions) bundle(a *authority) (trust.Bundle, error) {
	known, err := a.readOptional(rootCertFile())
	if err != nil {
		return trust.Bundle{}, quotePath(err)
	}
	if o.rootCA != "" && known == nil {
		if known, err = readLimited(o.rootCA); err != nil {
			return trust.Bundle{}, err
		}
	}
	info, err := os.Stat(o.from[0])
	if err != nil {
		return trust.Bundle{}, quotePath(err)
	}
	if info.IsDir() {
		return o.fromFolder(known)
	}
	return o.fromFiles(a, known)
}

// fromFolder reads either layout of istiod.
func (o *caImportOptions) fromFolder(known []byte) (trust.Bundle, error) {
	if len(o.from) > 1 {
		return trust.Bundle{}, errors.New("name one folder")
	}
	files := map[string][]byte{}
	for _, name := range []string{trust.CACertFile, trust.CAKeyFile, trust.CertChainFile, trust.RootCertFile,
		trust.TLSCertFile, trust.TLSKeyFile, trust.TLSRootFile} {
		if _, err := os.Stat(filepath.Join(o.from[0], name)); err != nil {
			continue
		}
		text, err := readLimited(filepath.Join(o.from[0], name))
		if err != nil {
			return trust.Bundle{}, err
		}
		files[name] = text
	}
	bundle, err := trust.FromFiles(files)
	if err != nil || known == nil || bytes.Equal(known, bundle.Root) {
		return bundle, err
	}
	bundle.Root = known // and Check tells whether it leads there
	return bundle, nil
}

// fromFiles reads the answer to a request.
func (o *caImportOptions) fromFiles(a *authority, known []byte) (trust.Bundle, error) {
	var certificates []*x509.Certificate
	for _, name := range o.from {
		text, err := readLimited(name)
		if err != nil {
			return trust.Bundle{}, err
		}
		some, err := trust.ParseCertificates(text)
		if err != nil {
			return trust.Bundle{}, fmt.Errorf("read %s: %w", name, err)
		}
		certificates = append(certificates, some...)
	}
	if roots := trust.RootsAmong(certificates); known == nil && len(roots) > 0 {
		known = trust.EncodeCertificates(roots...)
	}
	if known == nil {
		return trust.Bundle{}, withHint(errors.New("there is no root among the certificates"), "name it: --root-ca FILE")
	}
	key, public, err := a.requested(o.cluster)
	if err != nil {
		return trust.Bundle{}, err
	}
	return trust.Assemble(certificates, public, known, key)
}

// requested is the key of a request of ours: the private half where it is here, else the public one.
func (a *authority) requested(cluster string) (trust.Key, crypto.PublicKey, error) {
	if _, err := a.root.Lstat(signingKeyFile(cluster)); err == nil {
		key, err := a.readKey(signingKeyFile(cluster))
		return key, key.Public(), err
	}
	text, err := a.readFile(requestFile(cluster))
	if err != nil {
		return trust.Key{}, nil, withHint(errors.New("there is neither a key nor a request of "+cluster+" here"),
			"give a folder with "+trust.CAKeyFile+", or ask first: kubectl mesh ca request --cluster "+cluster+a.filenameFlag())
	}
	public, err := trust.ParseRequest(text)
	return trust.Key{}, public, err
}
