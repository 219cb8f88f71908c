package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
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
		Use:     "import --cluster NAME DIRECTORY | FILE...",
		Short:   "Import a cluster's certificates from another PKI",
		Example: `  kubectl mesh ca import --cluster east certificates/`,
		Long: `Import the certificates of a cluster that another PKI issued.

A directory contains the files of Istio's Makefile (ca-cert.pem, ca-key.pem, cert-chain.pem,
root-cert.pem) or those of cert-manager (tls.crt, tls.key, ca.crt). Single files answer a ca request:
PEM certificates in any order, one of which is for the key of the request.

Certificates that istiod would reject are rejected for the same reason, before anything is written.
The first import also imports the root, from the directory or from --root-ca. A later import whose
chain leads to another root adds that root to trust/root-cert.pem if spec.trust.ca.roots pins it; this
is how two meshes, each with a root of its own, are joined.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return verdict.Inputf("name a directory, or the certificate files", "no directory or file to import")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.from = args
			return start(cmd.Context(), o, runF)
		},
	}
	o.add(cmd)
	addCluster(cmd, &o.cluster, &o.filename)
	cmd.Flags().StringVar(&o.rootCA, "root-ca", "", "file with the root certificates of the chain; replaces those in the directory")
	_ = cmd.MarkFlagFilename("root-ca")
	return cmd
}

func (o *caImportOptions) Validate() error { return checkClusterFlag(o.cluster) }

func (o *caImportOptions) Run(ctx context.Context) error {
	return o.with(ctx, "ca import", func(a *authority.Authority) error {
		in := authority.ImportInput{Cluster: o.cluster}
		var err error
		if o.rootCA != "" {
			if in.RootCA, err = o.readFile(o.rootCA); err != nil {
				return verdict.Input(err)
			}
		}
		if in.Dir, in.Files, err = o.read(); err != nil {
			return verdict.Input(err)
		}
		return a.Import(ctx, in)
	})
}

// read reads the directory or the files that are named.
func (o *caImportOptions) read() (dir, files map[string][]byte, err error) {
	info, err := os.Stat(o.from[0])
	if err != nil {
		return nil, nil, terminal.QuotePath(err)
	}
	read := map[string][]byte{}
	if !info.IsDir() {
		for _, name := range o.from {
			if read[name], err = o.readFile(name); err != nil {
				return nil, nil, err
			}
		}
		return nil, read, nil
	}
	if len(o.from) > 1 {
		return nil, nil, errors.New("name one directory")
	}
	for _, name := range authority.DirFiles() {
		path := filepath.Join(o.from[0], name)
		if _, err := os.Stat(path); err != nil {
			continue
		}
		if read[name], err = o.readFile(path); err != nil {
			return nil, nil, err
		}
	}
	return read, nil, nil
}
