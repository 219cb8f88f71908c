package cli

import (
	"io"
	"os"
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
)

// readLimited reads a file that the user names.
func readLimited(name string) ([]byte, error) {
	file, err := os.Open(filepath.Clean(name))
	if err != nil {
		return nil, verdict.Input(terminal.QuotePath(err))
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, workspace.MaxFile+1))
	switch {
	case err != nil:
		return nil, verdict.Input(terminal.QuotePath(err))
	case len(text) > workspace.MaxFile:
		return nil, verdict.Inputf("name another file", "%s is longer than %d bytes", name, workspace.MaxFile)
	}
	return text, nil
}
