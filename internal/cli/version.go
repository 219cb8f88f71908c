package cli

import (
	"context"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/report"
)

type versionOptions struct {
	System
	output string
}

func newVersion(system System, runF func(*versionOptions) error) *cobra.Command {
	o := &versionOptions{System: system}
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: `  kubectl mesh version -o json`,
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return start(cmd.Context(), o, runF) },
	}
	addOutput(cmd, &o.output, "", "json", "yaml")
	return cmd
}

func (o *versionOptions) Validate() error { return checkOutput(o.output, "", "json", "yaml") }

func (o *versionOptions) Run(context.Context) error {
	info, _ := debug.ReadBuildInfo()
	return report.NewVersion(o.Version, info).Print(o.Out, o.output)
}
