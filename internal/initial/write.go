package initial

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/internal/transaction"
	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
)

// Write writes the mesh file with what belongs beside it, all of it or nothing: the directory of credentials,
// and what keeps it out of git. A mesh file that exists is replaced only by force; of the others, one that
// exists keeps what it has.
func Write(ctx context.Context, to workspace.Source, m Mesh, force bool) error {
	tx, err := to.Lock(ctx)
	if err != nil {
		return err
	}
	defer tx.Close()
	if err := (&writer{tx: tx, to: to, force: force}).collect(m.Text); err != nil {
		return err
	}
	report, err := tx.Commit(ctx, nil)
	for _, warning := range report.Warnings {
		to.Tell.Warn("", "%s", warning)
	}
	return err
}

func existsError(name string) error {
	return hint.Errorf("--force replaces it", "write %s: it exists already", name)
}

// writer collects the files.
type writer struct {
	tx    *transaction.Tx
	to    workspace.Source
	force bool
}

func (w *writer) path(name string) string { return filepath.Join(filepath.Dir(w.to.Filename), name) }

func (w *writer) collect(text []byte) error {
	ignored, err := output.CheckIgnored(w.path(layout.Credentials))
	if err != nil {
		return err
	}
	if !ignored {
		w.tx.Write(layout.CredentialsIgnore(), []byte(output.IgnoreAll), transaction.Private)
	}
	name := filepath.Base(w.to.Filename)
	if !w.force {
		switch _, err := w.tx.Read(name); {
		case err == nil:
			return existsError(w.to.Filename)
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		w.tx.Expect(name, nil)
	}
	w.tx.Write(name, text, transaction.Public)
	return errors.Join(w.ignore(), w.gitleaks())
}

// ignore adds the lines to the .gitignore beside the mesh.
func (w *writer) ignore() error {
	old, err := w.readOptional(layout.Ignore)
	if err != nil {
		return fmt.Errorf("add to it: %w", err)
	}
	if text := withIgnored(string(old)); text != string(old) {
		w.tx.Expect(layout.Ignore, old)
		w.tx.Write(layout.Ignore, []byte(text), transaction.Public)
	}
	return nil
}

// gitleaks lets gitleaks, which many run before each commit, find what it does not know of by itself, and pass
// by what is public here. A file that is there is somebody's own.
func (w *writer) gitleaks() error {
	old, err := w.readOptional(layout.GitleaksSettings)
	if err != nil || old != nil {
		return err
	}
	text, err := leaks.GitleaksConfig()
	if err != nil {
		return err
	}
	w.tx.Expect(layout.GitleaksSettings, nil)
	w.tx.Write(layout.GitleaksSettings, text, transaction.Public)
	return nil
}

// readOptional is nil for a file that is not there.
func (w *writer) readOptional(name string) ([]byte, error) {
	text, err := w.tx.Read(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err == nil && text == nil:
		text = []byte{}
	}
	return text, err
}
