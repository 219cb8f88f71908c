package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

type caIssueOptions struct {
	caOptions
	cluster string
	all     bool
	keyType string
	life    time.Duration
}

func newCAIssue(system System, runF func(*caIssueOptions) error) *cobra.Command {
	o := &caIssueOptions{caOptions: caOptions{System: system}}
	cmd := &cobra.Command{
		Use:     "issue --cluster NAME | --all",
		Short:   "Issue a cluster's intermediate certificate",
		Example: `  kubectl mesh ca issue --all`,
		Long: `Create a cluster's key in credentials/ and issue its certificate in trust/ with this workspace's root
key: an intermediate certificate for the cluster's trust domain, valid for one year. --all issues one for
every cluster that has none. An existing certificate is not replaced; use ca rotate.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	o.add(cmd)
	o.addPassphrase(cmd)
	addMembers(cmd, &o.cluster, &o.all, &o.filename)
	addKeyType(cmd, &o.keyType)
	addLife(cmd, &o.life)
	return cmd
}

func addMembers(cmd *cobra.Command, cluster *string, all *bool, filename *string) {
	cmd.Flags().StringVar(cluster, "cluster", "", "cluster that the certificate is for")
	cmd.Flags().BoolVar(all, "all", false, "all clusters that have a control plane")
	_ = cmd.RegisterFlagCompletionFunc("cluster", completeClusters(filename))
}

func addLife(cmd *cobra.Command, life *time.Duration) {
	cmd.Flags().DurationVar(life, "lifetime", trust.IntermediateValidity,
		"validity of the certificate, at most the root's")
}

// checkMembers requires one cluster or --all.
func checkMembers(cluster string, all bool) error {
	if (cluster == "") == !all {
		return verdict.Inputf("specify --cluster NAME or --all", "no cluster is specified")
	}
	return nil
}

func checkLife(life time.Duration) error {
	if life < time.Hour {
		return verdict.Inputf("use a duration such as 8760h", "--lifetime %s is shorter than an hour", life)
	}
	return nil
}

func (o *caIssueOptions) Validate() error {
	return errors.Join(checkMembers(o.cluster, o.all), checkKeyType(o.keyType), checkLife(o.life))
}

func (o *caIssueOptions) Run(ctx context.Context) error {
	return o.advance(ctx, "ca issue", func(a *authority.Authority) error {
		return a.Issue(ctx, authority.Members{Cluster: o.cluster, All: o.all}, trust.KeyType(o.keyType), o.life)
	})
}
