package cli

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/reviewed"
	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/status"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// Values of --dry-run, like kubectl's.
const (
	dryRunNone   = "none"
	dryRunServer = "server"
)

// applyFlags are the flags of render --apply.
type applyFlags struct {
	reviewFlags
	apply          bool
	dryRun         string
	doPrune        bool
	yes            bool
	pin            bool
	forceConflicts bool
	acceptRestart  bool
}

func (f *applyFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.apply, "apply", false, "apply to the clusters, server-side: to all, or to the one specified with "+
		"--cluster")
	flags.StringVar(&f.dryRun, "dry-run", dryRunNone, "with --apply: none, or server for a server-side dry run")
	flags.BoolVar(&f.doPrune, "prune", false, "with --apply: remove objects that an earlier --apply created and that "+
		"are no longer part of the mesh")
	flags.BoolVar(&f.yes, "yes", false, "with --apply: do not prompt for confirmation")
	flags.BoolVar(&f.pin, "pin", false, "with --apply: record the UID of clusters that have none recorded")
	flags.BoolVar(&f.forceConflicts, "force-conflicts", false,
		"with --apply: take ownership of fields that other field managers own")
	addAcceptRestart(flags, &f.acceptRestart)
	f.reviewFlags.add(flags)
	completeWords(cmd, "dry-run", dryRunNone, dryRunServer)
}

func (f *applyFlags) validate() error {
	errs := []error{verdict.Word("--dry-run", f.dryRun, dryRunNone, dryRunServer)}
	for _, flag := range []struct {
		name string
		set  bool
	}{
		{name: "--dry-run", set: f.dryRun == dryRunServer},
		{name: "--prune", set: f.doPrune},
		{name: "--yes", set: f.yes},
		{name: "--pin", set: f.pin},
		{name: "--force-conflicts", set: f.forceConflicts},
		{name: "--accept-restart", set: f.acceptRestart},
		{name: "--allow-unreviewed", set: f.allowUnreviewed},
	} {
		if flag.set && !f.apply {
			errs = append(errs, verdict.Inputf("add --apply", "%s requires --apply", flag.name))
		}
	}
	return errors.Join(errs...)
}

// runApply is render --apply.
func (o *renderOptions) runApply(ws *workspace.Workspace) error {
	o.interrupt.listen()
	ctx := o.interrupt.context()
	in, err := o.rollout(ws)
	if err != nil {
		return err
	}
	check := reviewed.Input{Workspace: ws, Clusters: in.Targets, Sample: o.sample, Log: in.Log}
	if err := o.judge(reviewed.Check(ctx, check), in.DryRun, o.log()); err != nil {
		return err
	}
	reports, outcome := rollout.Apply(ctx, in)
	if reports == nil {
		return outcome
	}
	if !in.DryRun {
		for _, one := range reports {
			fmt.Fprintf(o.ErrOut, "%s: %s\n", one.Cluster, one.Summary())
		}
	}
	if o.output == "json" {
		done := map[string]any{"dryRun": in.DryRun, "reviewed": o.isReviewed, "clusters": reports}
		return cmp.Or(report.Document(o.Out, "json", "ApplyReport", done), outcome)
	}
	return o.next(ctx, outcome, o.filename, o.liveFlags, status.KnownClusters(reports, in))
}

// rollout returns the rollout that the flags request.
func (o *renderOptions) rollout(ws *workspace.Workspace) (rollout.Input, error) {
	in := rollout.Input{Workspace: ws, Sample: o.sample, DryRun: o.dryRun == dryRunServer, Prune: o.doPrune,
		Pin: o.pin, ForceConflicts: o.forceConflicts, AcceptRestart: o.acceptRestart, Now: time.Now(), Log: o.log()}
	contextFor := ""
	if o.cluster != "" || o.context != "" {
		name, err := pickCluster(ws, o.cluster, &o.liveFlags)
		if err != nil {
			return in, err
		}
		in.Targets, contextFor = []string{name}, name
	}
	if !o.yes {
		in.Confirm = o.prompt().Confirm
	}
	if o.OutIsTerminal { // a log ends with the report
		in.Progress = func(cluster, done string) { fmt.Fprintf(o.ErrOut, "%s: %s\n", cluster, done) }
	}
	var err error
	if in.Clusters, err = o.clusters(ws, contextFor); err == nil && in.Targets == nil {
		in.Targets = in.Clusters.Own(ws.Doc.Mesh.Spec)
	}
	return in, err
}
