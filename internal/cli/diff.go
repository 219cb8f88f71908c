package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// errDiffers is the result of a diff with differences: no error, but not exit code 0.
var errDiffers = errors.New("the clusters differ from the mesh")

type diffOptions struct {
	System
	liveFlags
	filename string
	cluster  string
	output   string
}

func newDiff(system System, runF func(*diffOptions) error) *cobra.Command {
	o := &diffOptions{System: system, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:   "diff [--cluster NAME]",
		Short: "Show what an apply would change",
		Example: `  kubectl mesh diff
  kubectl mesh diff --cluster east
  kubectl mesh diff -o json`,
		Long: `Show what render --apply would change, as a unified diff for each object. The API servers perform a dry
run; nothing is changed. Credentials are masked, but a changed credential is shown as changed; the
server, CA, proxy and account of a remote secret are readable. Remote secrets whose token does not exist
yet, and objects whose CRD is not installed, are omitted with a warning.

Exits 0 if nothing differs, 1 if something differs, 2 if the comparison failed, and 3 if something could
not be compared and nothing else differs.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return diffFailed(start(cmd.Context(), o, runF))
		},
	}
	addFilename(cmd, &o.filename)
	markInterruptible(cmd)
	o.liveFlags.add(cmd)
	cmd.Flags().StringVar(&o.cluster, "cluster", "", "cluster to compare (default: all)")
	_ = cmd.RegisterFlagCompletionFunc("cluster", completeClusters(&o.filename))
	addOutput(cmd, &o.output, "", "json", "yaml")
	return cmd
}

// diffFailed makes every failure an input error: like kubectl diff, 1 means a difference.
func diffFailed(err error) error {
	if err == nil || errors.Is(err, errDiffers) || errors.Is(err, verdict.ErrIncomplete) {
		return err
	}
	return verdict.Input(err)
}

func (o *diffOptions) Validate() error {
	return errors.Join(o.liveFlags.validate(), checkOutput(o.output, "", "json", "yaml"))
}

func (o *diffOptions) Run(ctx context.Context) error {
	ws, problems, err := workspace.Open(ctx, o.source(o.filename))
	if err != nil {
		return err
	}
	defer ws.Close()
	terminal.Counted(o.ErrOut, problems, workspace.Validate(o.filename))
	in := rollout.Input{Workspace: ws, Log: o.log()}
	contextFor := ""
	if o.cluster != "" || o.context != "" {
		if contextFor, err = pickCluster(ws, o.cluster, &o.liveFlags); err != nil {
			return err
		}
	}
	if in.Clusters, err = o.clusters(ws, contextFor); err != nil {
		return err
	}
	if in.Targets = in.Clusters.Own(ws.Doc.Mesh.Spec); contextFor != "" {
		in.Targets = []string{contextFor}
	}
	found, err := rollout.Diff(ctx, in)
	if err := report.Differences(o.Out, o.output, found); err != nil {
		return err
	}
	differs := slices.ContainsFunc(found, func(d rollout.Difference) bool { return len(d.Objects) > 0 })
	if differs && (err == nil || errors.Is(err, verdict.ErrIncomplete)) {
		return errDiffers
	}
	return err
}
