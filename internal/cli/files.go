package cli

import (
	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// readFile reads a file that the user names.
func (s System) readFile(name string) ([]byte, error) {
	text, err := input.Read(s.interrupt.context(), name, workspace.MaxFile)
	return text, verdict.Input(terminal.QuotePath(err))
}
