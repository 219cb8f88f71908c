package cli

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/status"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

type statusOptions struct {
	System
	liveFlags
	filename, output string
	live             bool
}

func newStatus(system System, runF func(*statusOptions) error) *cobra.Command {
	o := &statusOptions{System: system, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:   "status [--live]",
		Short: "Show the status of the workspace and the next command",
		Long: `Show the status of the workspace on one screen: findings, roots and intermediate certificates, facts and
credentials per cluster, whether the tree in deploy/ is current and committed, and the next command. A
cluster is "here" if the kubeconfig has the context that mesh.yaml sets for it.

It works offline, from files. --live also asks each cluster that is here what an apply would change;
nothing is changed.`,
		Example: `  kubectl mesh status
  kubectl mesh status --live
  kubectl mesh status -o json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	addFilename(cmd, &o.filename)
	o.liveFlags.add(cmd)
	_ = cmd.Flags().MarkHidden("context")
	markInterruptible(cmd)
	addOutput(cmd, &o.output, "", "json", "yaml")
	cmd.Flags().BoolVar(&o.live, "live", false, "also ask the reachable clusters what an apply would change")
	return cmd
}

func (o *statusOptions) Validate() error {
	return errors.Join(checkOutput(o.output, "", "json", "yaml"), o.refuseContext(), o.liveFlags.validate())
}

func (o *statusOptions) Run(ctx context.Context) error {
	found, err := status.Look(ctx, o.place(), status.Of)
	if err != nil {
		return err
	}
	if err := report.Status(o.Out, o.output, found); err != nil {
		return err
	}
	if o.live && found.Mesh != "" && found.IsElsewhere() {
		o.log().Warn("specify a kubeconfig with the contexts of mesh.yaml: --kubeconfig FILE",
			"no cluster was compared: the kubeconfig has none of their contexts")
	}
	return verdict.IncompleteIf(o.live && !found.IsCompared())
}

// place returns the place that the flags select.
func (o *statusOptions) place() status.Place {
	source, options := o.source(o.filename), o.options("")
	return status.Place{Source: source, Options: options, Live: o.live, Environ: os.Environ(), Now: time.Now()}
}
