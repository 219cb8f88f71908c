package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
)

type caTrustOptions struct {
	caOptions
	from []string
}

func newCATrust(system System, runF func(*caTrustOptions) error) *cobra.Command {
	o := &caTrustOptions{caOptions: caOptions{System: system}}
	cmd := &cobra.Command{
		Use:   "trust FILE...",
		Short: "Trust another root in addition to those of the mesh",
		Long: `Add the root certificates in FILE, or on stdin (-), to trust/root-cert.pem, provided that
spec.trust.ca.roots pins them. This lets a cluster whose istiod has its own root move to the mesh's root
without downtime: first every cluster trusts both roots, then the cluster gets its Secret cacerts and
istiod is restarted. When every workload has a new certificate, kubectl mesh ca rotate --root --abort
removes the added root.`,
		Example: `  # A cluster whose istiod has its own root
  kubectl --context west -n istio-system get configmap istio-ca-root-cert \
    -o jsonpath='{.data.root-cert\.pem}' | kubectl mesh ca trust -`,
		Args: atLeastOne("save it from a cluster that trusts it: kubectl -n istio-system get configmap istio-ca-root-cert "+
			`-o jsonpath='{.data.root-cert\.pem}' > root.pem`, "requires a file with root certificates"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.from = args
			return start(cmd.Context(), o, runF)
		},
	}
	o.add(cmd)
	return cmd
}

func (o *caTrustOptions) Validate() error { return nil }

func (o *caTrustOptions) Run(ctx context.Context) error {
	return o.advance(ctx, "ca trust", func(a *authority.Authority) error {
		roots := map[string][]byte{}
		for _, name := range o.from {
			var err error
			if roots[name], err = o.readFile(name, "specify files with PEM certificates, or - for stdin"); err != nil {
				return err
			}
		}
		return a.TrustRoots(ctx, roots)
	})
}
