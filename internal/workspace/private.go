package workspace

import (
	"errors"
	"io/fs"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// WritePrivate writes a file into credentials/, which git must ignore and others must not write to.
func (ws *Workspace) WritePrivate(name string, content []byte) error {
	if err := ws.CheckPrivate(name); err != nil {
		return err
	}
	return output.WriteFile(ws.Path(name), content, output.FileOptions{Mode: 0o600, Force: true})
}

// CheckPrivate makes credentials/ where it is missing, and refuses it where it is no place for these files.
func (ws *Workspace) CheckPrivate(planned ...string) error {
	if err := output.EnsureIgnored(ws.Path(layout.Credentials)); err != nil {
		return err
	}
	return ws.GuardCredentials(ws.ctx, planned...)
}

// Forget removes a file of credentials/, if it is there.
func (ws *Workspace) Forget(name string) error {
	if err := ws.Root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return terminal.QuotePath(err)
	}
	return nil
}
