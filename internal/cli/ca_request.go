package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

type caRequestOptions struct {
	caOptions
	ownFlags
	cluster string
	keyType string
}

func newCARequest(system System, runF func(*caRequestOptions) error) *cobra.Command {
	o := &caRequestOptions{caOptions: caOptions{System: system}}
	cmd := &cobra.Command{
		Use:   "request --cluster NAME | --pending",
		Short: "Create a cluster's key and request its certificate",
		Example: `  kubectl mesh ca request --cluster east
  kubectl mesh ca request --pending`,
		Long: `Create a cluster's key in credentials/, where it stays, and write a signing request to trust/. The
request is public: send it in a pull request or by mail. Send its fingerprint to the signer over
another channel, so that the signer can verify that the request was not replaced on the way.

Any CA can sign the request: kubectl mesh ca sign, openssl, step or a cloud provider's CA. To use a
certificate from another CA: kubectl mesh ca import. An existing key is reused.
--pending requests a certificate for each cluster of this site that has none.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	o.add(cmd)
	addCluster(cmd, &o.cluster, &o.filename)
	addKeyType(cmd, &o.keyType)
	o.addOwn(cmd)
	return cmd
}

func addCluster(cmd *cobra.Command, cluster, filename *string) {
	cmd.Flags().StringVar(cluster, "cluster", "", "cluster that the certificate is for")
	_ = cmd.RegisterFlagCompletionFunc("cluster", completeClusters(filename))
}

func checkClusterFlag(cluster string) error {
	if cluster == "" {
		return verdict.Inputf("specify --cluster NAME", "no cluster is specified")
	}
	return nil
}

func (o *caRequestOptions) Validate() error {
	if !o.pending {
		return errors.Join(checkClusterFlag(o.cluster), checkKeyType(o.keyType))
	}
	return errors.Join(o.check(o.cluster), checkKeyType(o.keyType))
}

func (o *caRequestOptions) Run(ctx context.Context) error {
	return o.with(ctx, "ca request", func(a *authority.Authority) error {
		if o.pending {
			return o.request(o.System, a.Workspace, func(isHere func(string) bool) ([]workspace.Pending, error) {
				return a.RequestPending(ctx, isHere, trust.KeyType(o.keyType))
			})
		}
		fingerprint, err := a.Request(ctx, o.cluster, trust.KeyType(o.keyType))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(o.Out, fingerprint); err != nil {
			return err
		}
		terminal.Hint(o.ErrOut, "send the fingerprint to the signer over another channel: kubectl mesh ca sign --cluster "+shell.Name(o.cluster)+
			" --fingerprint "+fingerprint)
		return nil
	})
}
