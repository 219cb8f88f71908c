package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/migrate"
	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

type migrateOptions struct {
	System
	filename string
	yes      bool
	output   string
}

func newMigrate(system System, runF func(*migrateOptions) error) *cobra.Command {
	o := &migrateOptions{System: system}
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Move fields that are not facts out of facts files",
		Long: `Move fields that facts files cannot set to mesh.yaml or .kubectl-mesh/state.yaml. A facts file may come
from another site, so it reports a cluster's state and decides nothing: contexts, accounts and control
planes are set in mesh.yaml; pinned UIDs and credential generations are recorded in
.kubectl-mesh/state.yaml.

Every field is listed with its value before anything is written. Review the list: a value from another
site would become your own setting. In a script, --yes confirms it.`,
		Example: `  kubectl mesh migrate
  kubectl mesh migrate --yes && git diff`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	addFilename(cmd, &o.filename)
	markInterruptible(cmd)
	cmd.Flags().BoolVar(&o.yes, "yes", false, "do not prompt for confirmation")
	addOutput(cmd, &o.output, "", "json", "yaml")
	return cmd
}

func (o *migrateOptions) Validate() error { return checkOutput(o.output, "", "json", "yaml") }

// Run lists the moves, and performs them after confirmation.
func (o *migrateOptions) Run(ctx context.Context) error {
	ws, _, err := workspace.Read(ctx, o.source(o.filename).Writing("migrate"))
	if err != nil {
		return err
	}
	defer ws.Close()
	plan, err := migrate.Make(ws)
	if err != nil {
		return err
	}
	if err := report.Moves(o.Out, o.output, ws, plan.Moves); err != nil {
		return err
	}
	if len(plan.Moves) == 0 {
		fmt.Fprintln(o.ErrOut, "nothing to move: the facts files contain only facts")
		return nil
	}
	if !o.yes {
		if !o.InIsTerminal || !o.OutIsTerminal {
			return verdict.Inputf("review the list, then: kubectl mesh migrate --yes"+ws.FilenameFlag(), "the list is not confirmed")
		}
		if err := o.prompt().Confirm(ctx, "move these fields?"); err != nil {
			return err
		}
	}
	return plan.Apply(ctx)
}
