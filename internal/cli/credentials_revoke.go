package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/live"
	"github.com/kubectl-mesh/kubectl-mesh/internal/plan"
	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
)

type credentialsRevokeOptions struct {
	System
	liveFlags
	filename, output string
	links            []string
	apply, isOK      bool
}

func newCredentialsRevoke(system System, runF func(*credentialsRevokeOptions) error) *cobra.Command {
	o := &credentialsRevokeOptions{System: system, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:   "revoke --link FROM-TO [--apply]",
		Short: "Revoke the credentials of a link",
		Long: `List the steps that revoke the credentials that FROM's control plane uses to read TO: where each step
runs, its command, and how long anything stays valid.

With --apply, the steps are run in every cluster that has a context, first in TO and then in FROM, and
the files in credentials/ are removed. Clusters that cannot be reached are listed with the remaining
steps. The revocation is recorded in .kubectl-mesh/state.yaml, so rendering never restores the credential
and its generation is never used again. Calls to TO fail as its endpoints change.

New requests with the credential are refused within seconds. An established watch continues until it
times out or TO's API server restarts; the list shows how to restart it. The exit code is 3 if FROM,
whose istiod holds such watches, could not be reached.

To restore access with a new credential, run credentials rotate. Otherwise, remove the link from
mesh.yaml.`,
		Example: `  kubectl mesh credentials revoke --link west-east
  kubectl mesh credentials revoke --link west-east --apply && kubectl mesh render --output-dir deploy`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	addFilename(cmd, &o.filename)
	o.liveFlags.add(cmd)
	_ = cmd.Flags().MarkHidden("context")
	markInterruptible(cmd)
	addOutput(cmd, &o.output, "", "json", "yaml")
	flags := cmd.Flags()
	flags.StringSliceVar(&o.links, "link", nil, "link FROM-TO, or FROM:TO; can be repeated")
	flags.BoolVar(&o.apply, "apply", false, "revoke in both clusters")
	flags.BoolVar(&o.isOK, "yes", false, "with --apply: do not prompt for confirmation")
	_ = cmd.RegisterFlagCompletionFunc("link", completeLinks(&o.filename))
	return cmd
}

func (o *credentialsRevokeOptions) Validate() error {
	errs := verdict.Usage{checkOutput(o.output, "", "json", "yaml"), o.refuseContext(), o.liveFlags.validate()}
	errs.Refuse(len(o.links) == 0,
		"specify --link FROM-TO; kubectl mesh credentials status lists the links", "no link is specified")
	errs.Refuse(o.isOK && !o.apply, "add --apply", "--yes requires --apply")
	return errs.Err()
}

// Run prints the steps, and performs them.
func (o *credentialsRevokeOptions) Run(ctx context.Context) error {
	ws, err := workspace.OpenUnchecked(ctx, o.source(o.filename).Named("credentials revoke"))
	if err != nil {
		return err
	}
	defer ws.Close()
	var all []access.Pair
	var errs []error
	for _, link := range o.links {
		pair, _, err := ws.Pair(link)
		if err != nil {
			errs = append(errs, err)
		} else if !slices.Contains(all, pair) {
			all = append(all, pair)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	in := reader.RevokeInput{Workspace: ws, Pairs: all, Log: o.log(),
		Kubectl: func(context string) string { return live.Kubectl(o.file, context) }}
	if !o.apply || o.output != "" {
		steps, err := reader.PlanRevocation(ctx, in)
		if err != nil {
			return err
		}
		if err := o.list(steps); err != nil || !o.apply {
			return err
		}
	}
	if !o.isOK {
		in.Confirm = o.prompt().Confirm
	}
	if in.Clusters, err = o.clusters(ws, ""); err != nil {
		return err
	}
	return reader.Revoke(ctx, in)
}

// list prints the steps.
func (o *credentialsRevokeOptions) list(steps plan.Steps) error {
	if err := report.Steps(o.Out, o.output, steps); err != nil || o.output != "" {
		return err
	}
	terminal.Hint(o.ErrOut, "nothing was revoked; run the same command with --apply, or run the commands that -o yaml prints")
	return nil
}
