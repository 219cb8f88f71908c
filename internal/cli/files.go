package cli

import (
	"github.com/spf13/cobra"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// readFile reads a specified file; - is stdin. The remedy is for a file that does not exist.
func (s System) readFile(name, remedy string) (text []byte, err error) {
	text, err = input.ReadOr(s.interrupt.context(), s.In, name, workspace.MaxFile)
	return text, verdict.Input(hint.IfMissing(terminal.QuotePath(err), remedy))
}

// atLeastOne requires an argument, with a remedy that says where to get one.
func atLeastOne(remedy, problem string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return verdict.Inputf(remedy, "%s %s", cmd.CommandPath(), problem)
		}
		return nil
	}
}
