package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apply"
)

// errDiffers is the outcome of a diff that found something: no error, and still no 0.
var errDiffers = errors.New("the clusters are not what the mesh wants")

type diffOptions struct {
	System
	liveFlags
	filename string
	cluster  string
}

func newDiff(system System, runF func(*diffOptions) error) *cobra.Command {
	o := &diffOptions{System: system, liveFlags: newLiveFlags(system)}
	cmd := &cobra.Command{
		Use:   "diff [--cluster NAME]",
		Short: "Show what an apply would change",
		Long: `Show, as a unified diff for each object, what render --apply would change: the API servers are
asked in a dry run, and nothing is changed. Values of Secrets are masked; that they differ is
shown. A reader's token that is not there yet is no difference: its remote secret is left out,
with a warning.

It exits 0 when nothing differs, 1 when something does, and 2 or more when it failed.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if runF != nil {
				return runF(o)
			}
			if err := o.liveFlags.validate(); err != nil {
				return diffFailed(err)
			}
			return diffFailed(o.Run(cmd.Context()))
		},
	}
	addFilename(cmd, &o.filename)
	markInterruptible(cmd)
	o.liveFlags.add(cmd)
	cmd.Flags().StringVar(&o.cluster, "cluster", "", "the cluster to compare; default: all")
	_ = cmd.RegisterFlagCompletionFunc("cluster", completeClusters(&o.filename))
	return cmd
}

// diffFailed makes every failure one of input: kubectl's diff keeps 1 for a difference.
func diffFailed(err error) error {
	if err == nil || errors.Is(err, errDiffers) {
		return err
	}
	return inputError{err}
}

func (o *diffOptions) Run(ctx context.Context) error {
	ws, problems, err := openWorkspace(o.filename, o.In)
	if err != nil {
		return err
	}
	defer ws.close()
	sayProblems(o.ErrOut, problems, listAll(o.filename))
	apply := &renderOptions{System: o.System, liveFlags: o.liveFlags, filename: o.filename, cluster: o.cluster,
		applyFlags: applyFlags{dryRun: dryRunServer}}
	run, err := apply.openApply(ws)
	if err != nil {
		return err
	}
	run.each(ctx, run.identify)
	run.each(ctx, run.makePlan)
	differs, err := run.printDiffs()
	switch {
	case ctx.Err() != nil:
		return errInterrupted
	case err != nil || run.failure() != nil:
		return errors.Join(err, run.failure())
	case differs:
		return errDiffers
	}
	return nil
}

// printDiffs prints what every cluster would get, under a line with its name.
func (r *applyRun) printDiffs() (differs bool, err error) {
	for _, c := range r.clusters {
		if c.err != nil {
			continue
		}
		text, err := c.diff()
		if err != nil {
			return differs, err
		}
		if text != "" {
			differs = true
			if _, err := fmt.Fprintf(r.Out, "# cluster %s\n%s", c.Name, text); err != nil {
				return differs, err
			}
		}
		if c.later > 0 {
			reason := "tokens are missing"
			if c.policyChanges() {
				reason = "the admission policy comes first"
			}
			fmt.Fprintf(r.ErrOut, "warning: %s: %s cannot be compared yet: %s\n", c.Name, count(c.later, "remote secret"), reason)
		}
	}
	return differs, nil
}

// diff is what applying would change, and what pruning would remove.
func (c *applyCluster) diff() (string, error) {
	var text string
	for _, change := range slices.Concat(c.plan, c.secrets) {
		if change.Action == apply.ActionUnchanged {
			continue
		}
		diff, err := change.Diff()
		if err != nil {
			return "", err
		}
		text += diff
	}
	for _, left := range c.leftovers {
		if left.Keep == "" && !left.Gone {
			text += fmt.Sprintf("- %s is not in the mesh any more (render --apply --prune removes it)\n", left.Ref)
		}
	}
	return text, nil
}
