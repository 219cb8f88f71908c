package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

type caSignOptions struct {
	caOptions
	pendingFlags
	cluster     string
	file        string
	fingerprint string
	life        time.Duration
}

func newCASign(system System, runF func(*caSignOptions) error) *cobra.Command {
	o := &caSignOptions{caOptions: caOptions{System: system}}
	cmd := &cobra.Command{
		Use:   "sign --cluster NAME [REQUEST.csr] | --pending",
		Short: "Sign a cluster's certificate request with the root key",
		Example: `  kubectl mesh ca sign --cluster east
  kubectl mesh ca sign --pending`,
		Long: `Sign a cluster's request with this workspace's root key: trust/NAME/ca.csr, or the specified file. Only
the public key is taken from the request, after proof of possession; everything else in the certificate
comes from mesh.yaml.

Compare the fingerprint with the one that ca request printed, over another channel: at a terminal the
command prompts for confirmation; a script passes --fingerprint. --pending lists all requests in trust/
that have no certificate yet, with their fingerprints, and signs them after one confirmation.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return verdict.Inputf("specify one request file", "more than one request is specified")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.file = args[0]
			}
			return start(cmd.Context(), o, runF)
		},
	}
	o.add(cmd)
	o.addPassphrase(cmd)
	addCluster(cmd, &o.cluster, &o.filename)
	addLife(cmd, &o.life)
	o.addPending(cmd)
	cmd.Flags().StringVar(&o.fingerprint, "fingerprint", "", "expected fingerprint of the request")
	return cmd
}

func (o *caSignOptions) Validate() error {
	if o.pending {
		return errors.Join(o.check(o.cluster, o.file, o.fingerprint), checkLife(o.life))
	}
	return errors.Join(checkClusterFlag(o.cluster), o.check(), checkLife(o.life))
}

func (o *caSignOptions) Run(ctx context.Context) error {
	return o.advance(ctx, "ca sign", func(a *authority.Authority) error {
		if o.pending {
			return a.SignPending(ctx, o.life, o.confirm(ctx, o.System))
		}
		in := authority.SignInput{Cluster: o.cluster, Validity: o.life,
			Compare: func(fingerprint string) error {
				return o.prompt().CompareFingerprint(ctx, o.fingerprint, fingerprint, o.cluster)
			}}
		if o.file != "" {
			var err error
			if in.Request, err = o.readFile(o.file, "specify the file that kubectl mesh ca request wrote"); err != nil {
				return err
			}
		}
		return a.Sign(ctx, in)
	})
}
