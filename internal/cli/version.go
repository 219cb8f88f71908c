package cli

import (
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
		Use:   "version",
		Short: "Print the version of this program",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			if runF != nil {
				return runF(o)
			}
			if err := checkOutput(o.output, "", "json", "yaml"); err != nil {
				return err
			}
			return o.Run()
		},
	}
	addOutput(cmd, &o.output, "", "json", "yaml")
	return cmd
}

func (o *versionOptions) Run() error {
	info, _ := debug.ReadBuildInfo()
	return report.NewVersion(o.Version, info).Print(o.Out, o.output)
}
