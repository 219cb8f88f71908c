package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/plan"
	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// Values of --step.
const (
	stepNext   = "next"
	stepBegin  = "begin"
	stepVerify = "verify"
	stepDrop   = "drop"
)

type credentialsRotateOptions struct {
	System
	liveFlags
	reviewFlags
	filename, link, step, output string
	apply, abort, offline, isOK  bool
	forceConflicts, restart      bool
	dryRun                       bool
	life                         time.Duration
}

func newCredentialsRotate(system System, runF func(*credentialsRotateOptions) error) *cobra.Command {
	o := &credentialsRotateOptions{System: system, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:   "rotate --link FROM-TO [--apply | --step STEP | --abort]",
		Short: "Rotate a link's credential without downtime",
		Long: `Rotate the credential that FROM's control plane uses to read TO. Both credentials are valid until a call
with the new one has succeeded; only then is the old one revoked. The valid generations are recorded in
.kubectl-mesh/state.yaml, so each step is a reviewable change of the tree.

With --apply, all steps run, if both clusters can be reached: a new token Secret or client certificate,
the remote secret, a call with its credential, and the removal of the old credential. Before the removal,
every ready istiod pod in FROM is asked for TO's endpoints until all have been synced for a minute: if
one of them knows fewer endpoints than before, the old credential is kept and the exit code is 1; if none
were known before, it is 3. In a Git repository, the rendered tree must be committed before the rotation.
To finish an interrupted run, run the same command again. The plan is printed before the confirmation
prompt; --yes skips the prompt, and --dry-run only prints the plan.

Without --apply, no cluster is changed, and each run is one step, for sites that are visited one at a
time:
  begin   add a new generation. Apply TO; collect, or request and approve; apply FROM
  verify  call TO with the credential that FROM uses now; part of drop
  drop    remove the old generation. Apply TO with --prune to revoke it
Some istiod releases lose a cluster's endpoints when its remote secret changes, until istiod is
restarted. --apply stops before the first change there; --accept-restart restarts istiod afterwards.

drop is refused until the call succeeds with the new credential and istiod keeps its endpoints for a
minute. --offline contacts no cluster and, with --apply, no istiod: verify first that FROM uses the new
credential. --abort returns to the old generation.

With auth: external, store the new token in the secret store yourself. With auth: federated there is
nothing to rotate; after a revocation, begin grants access again.`,
		Example: `  kubectl mesh credentials rotate --link west-east --apply --dry-run
  kubectl mesh credentials rotate --link west-east --apply
  kubectl mesh credentials rotate --link west-east && kubectl mesh render --output-dir deploy`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	addFilename(cmd, &o.filename)
	o.liveFlags.add(cmd)
	_ = cmd.Flags().MarkHidden("context")
	markInterruptible(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.link, "link", "", "link FROM-TO, or FROM:TO: FROM's control plane reads TO")
	flags.BoolVar(&o.apply, "apply", false, "run all steps, in both clusters")
	flags.BoolVar(&o.dryRun, "dry-run", false, "with --apply: print the plan without changing anything")
	addOutput(cmd, &o.output, "", "json", "yaml")
	flags.StringVar(&o.step, "step", stepNext, "run one step: next, begin, verify or drop")
	flags.BoolVar(&o.abort, "abort", false, "return to the old generation")
	flags.BoolVar(&o.offline, "offline", false, "drop the old generation without contacting a cluster; with --apply: "+
		"without contacting istiod")
	flags.BoolVar(&o.isOK, "yes", false, "with --apply: do not prompt for confirmation")
	flags.BoolVar(&o.forceConflicts, "force-conflicts", false,
		"with --apply: take ownership of fields that other field managers own")
	addAcceptRestart(flags, &o.restart)
	o.reviewFlags.add(flags)
	flags.DurationVar(&o.life, "lifetime", presetDuration, "with --apply: validity of a client certificate")
	_ = cmd.RegisterFlagCompletionFunc("link", completeLinks(&o.filename))
	completeWords(cmd, "step", stepNext, stepBegin, stepVerify, stepDrop)
	return cmd
}

func (o *credentialsRotateOptions) Validate() error {
	errs := verdict.Usage{
		checkOutput(o.output, "", "json", "yaml"),
		verdict.Word("--step", o.step, stepNext, stepBegin, stepVerify, stepDrop),
		checkSignedLife(o.life), o.refuseContext(), o.liveFlags.validate(),
	}
	errs.Refuse(o.link == "",
		"specify --link FROM-TO; kubectl mesh credentials status lists the links", "no link is specified")
	errs.Refuse(o.apply && o.step != stepNext, "specify only one of them", "--apply and --step are mutually exclusive")
	errs.Refuse(o.abort && (o.apply || o.step != stepNext), "omit it", "--abort cannot be used with --apply or --step")
	errs.Refuse(o.offline && (o.abort || o.step == stepVerify), "omit --offline",
		"--abort and --step=verify contact clusters and cannot be used with --offline")
	errs.Refuse(o.forceConflicts && !o.apply, "add --apply", "--force-conflicts requires --apply")
	errs.Refuse(o.restart && !o.apply, "add --apply", "--accept-restart requires --apply")
	errs.Refuse(o.allowUnreviewed && !o.apply, "add --apply", "--allow-unreviewed requires --apply")
	errs.Refuse(o.dryRun && !o.apply, "add --apply", "--dry-run requires --apply")
	errs.Refuse(o.output != "" && !o.dryRun, "add --apply --dry-run", "--output requires --apply --dry-run")
	errs.Refuse(o.isOK && !o.apply, "add --apply", "--yes requires --apply")
	return errs.Err()
}

// checkSignedLife bounds the requested validity.
func checkSignedLife(life time.Duration) error {
	if life < leastDuration || life > 10*365*24*time.Hour {
		return verdict.Inputf("use a duration such as 2160h", "--lifetime %s is not between ten minutes and ten years", life)
	}
	return nil
}

func (o *credentialsRotateOptions) Run(ctx context.Context) error {
	ws, err := workspace.OpenUnchecked(ctx, o.source(o.filename).Named("credentials rotate"))
	if err != nil {
		return err
	}
	defer ws.Close()
	pair, caller, err := ws.Pair(o.link)
	if err != nil {
		return err
	}
	if caller != pair.Consumer {
		fmt.Fprintf(o.ErrOut, "%s is served by %s's control plane, which uses one credential for all clusters that it "+
			"serves\n", caller, pair.Consumer)
	}
	in := reader.RotateInput{Workspace: ws, Pair: pair, Link: o.link, Offline: o.offline,
		ForceConflicts: o.forceConflicts, AcceptRestart: o.restart, Validity: o.life, Now: time.Now(), Log: o.log()}
	if o.apply {
		if err := o.judge(reader.CheckReviewed(ctx, in), o.dryRun, o.log()); err != nil {
			return err
		}
	}
	if o.dryRun {
		steps, err := reader.PlanRotation(in)
		if err != nil {
			return err
		}
		return report.Rotation(o.Out, o.output, steps, o.isReviewed)
	}
	if !o.isOK {
		in.Confirm = o.prompt().Confirm
		in.Show = func(steps plan.Steps) { _ = report.Plan(o.ErrOut, steps) } // stderr is for people
	}
	begins := o.step == stepBegin || o.step == stepNext && !reader.IsUnderWay(ws, pair)
	if o.apply || !o.abort && !o.offline && !begins {
		if in.Clusters, err = o.clusters(ws, ""); err != nil {
			return err
		}
	}
	switch {
	case o.abort:
		return reader.Abort(ctx, in)
	case o.apply:
		return reader.Rotate(ctx, in)
	case begins:
		return reader.Begin(ctx, in)
	case o.step == stepVerify:
		return reader.Verify(ctx, in)
	}
	return reader.Drop(ctx, in)
}
