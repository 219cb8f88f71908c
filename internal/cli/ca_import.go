package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
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

A directory contains the files that Istio's Makefile creates (ca-cert.pem, ca-key.pem, cert-chain.pem,
root-cert.pem), or those of cert-manager (tls.crt, tls.key, ca.crt). Separate files answer a ca request:
PEM certificates in any order, including the one for the request's key.

Certificates that istiod would reject are rejected for the same reason, before anything is written.
The first import also imports the root, from the directory or from --root-ca. If the chain of a later
import leads to another root, that root is added to trust/root-cert.pem, provided that
spec.trust.ca.roots pins it. This is how two meshes with separate roots are joined.`,
		Args: atLeastOne("specify a directory, or the certificate files", "requires a directory or a file"),
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
	return o.advance(ctx, "ca import", func(a *authority.Authority) error {
		in := authority.ImportInput{Cluster: o.cluster}
		var err error
		if o.rootCA != "" {
			if in.RootCA, err = o.readFile(o.rootCA, "specify a file with PEM certificates: --root-ca FILE"); err != nil {
				return verdict.Input(err)
			}
		}
		files, isDir, err := input.Named(ctx, o.from, authority.DirFiles(), workspace.MaxFile)
		if err != nil {
			return verdict.Input(hint.IfMissing(terminal.QuotePath(err), "specify a directory, or the certificate files"))
		}
		if in.Files = files; isDir {
			in.Dir, in.Files = files, nil
		}
		return a.Import(ctx, in)
	})
}
