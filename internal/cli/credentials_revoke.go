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
		Short: "End the credentials of a link at once",
		Long: `List what ends the credentials with which the control plane of FROM reads TO: where, with which
command, and what of it stays valid for how long.

With --apply it is done, first in TO, then in FROM, as far as they have a context; and the files in
credentials/ are removed. A cluster that cannot be reached is named, with what is to be done there.
The revocation is recorded in .kubectl-mesh/state.yaml, so that no rendering brings the credential
back: its number is never given again. From then on calls to TO fail as endpoints change.

New requests with the credential are refused within seconds. A watch that was opened before goes on
until it times out or the API server of TO restarts; the list says how. The exit code is 3 when FROM,
whose istiod holds such watches, could not be reached.

To let FROM in again, with a new credential: credentials rotate. Otherwise take the link out of
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
	flags.StringSliceVar(&o.links, "link", nil, "the link: FROM-TO, or FROM:TO; may be given several times")
	flags.BoolVar(&o.apply, "apply", false, "do it, in both clusters")
	flags.BoolVar(&o.isOK, "yes", false, "with --apply: do not ask at a terminal")
	_ = cmd.RegisterFlagCompletionFunc("link", completeLinks(&o.filename))
	return cmd
}

func (o *credentialsRevokeOptions) Validate() error {
	errs := []error{checkOutput(o.output, "", "json", "yaml"), o.refuseContext(), o.liveFlags.validate()}
	if len(o.links) == 0 {
		errs = append(errs, verdict.Inputf("write --link FROM-TO; kubectl mesh credentials status lists the links", "say which link"))
	}
	if o.isOK && !o.apply {
		errs = append(errs, verdict.Inputf("nothing is changed in a cluster without --apply", "--yes needs --apply"))
	}
	return errors.Join(errs...)
}

// Run lists, and does.
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
	in := reader.RevokeInput{Workspace: ws, Pairs: all, Tell: o.tell(),
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
	terminal.Hint(o.ErrOut, "nothing is done yet; to do it: the same command with --apply; to do it by hand, with the command of each line: -o yaml")
	return nil
}
