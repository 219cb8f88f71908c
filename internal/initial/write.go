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

// Write writes the mesh file, the credentials directory, and what keeps it out of Git, atomically. An existing mesh
// file gets the contexts that were requested by name, and is replaced only with force; other existing files keep their
// content. It returns what was written; the rules have not checked an extended mesh file.
func Write(ctx context.Context, to workspace.Source, m Mesh, force bool) (Mesh, error) {
	tx, err := to.Lock(ctx)
	if err != nil {
		return Mesh{}, err
	}
	defer tx.Close()
	written, err := (&writer{tx: tx, to: to, force: force}).collect(m)
	if err != nil {
		return Mesh{}, err
	}
	report, err := tx.Commit(ctx, nil)
	for _, warning := range report.Warnings {
		to.Log.Warn("", "%s", warning)
	}
	return written, err
}

func existsError(name string) error {
	return hint.Errorf("--context NAME adds a cluster to it, --force replaces it",
		"write %s: the file already exists", name)
}

type writer struct {
	tx    *transaction.Tx
	to    workspace.Source
	force bool
}

func (w *writer) path(name string) string { return filepath.Join(filepath.Dir(w.to.Filename), name) }

func (w *writer) collect(m Mesh) (Mesh, error) {
	ignored, err := output.CheckIgnored(w.path(layout.Credentials))
	if err != nil {
		return Mesh{}, err
	}
	if !ignored {
		w.tx.Write(layout.CredentialsIgnore(), []byte(output.IgnoreAll), transaction.Private)
	}
	written, err := w.mesh(m)
	if err != nil {
		return Mesh{}, err
	}
	return written, errors.Join(w.ignore(), w.gitleaks())
}

// mesh writes the mesh file, or its additions.
func (w *writer) mesh(m Mesh) (Mesh, error) {
	name := filepath.Base(w.to.Filename)
	if w.force {
		w.tx.Write(name, m.Text, transaction.Public)
		return m, nil
	}
	old, err := w.readOptional(name)
	if err != nil {
		return Mesh{}, err
	}
	if old != nil {
		if m.named == nil {
			return Mesh{}, existsError(w.to.Filename)
		}
		requested := m.requested
		if m, err = extend(w.to.Filename, old, m.named, w.to.Log); err != nil {
			return Mesh{}, err
		}
		requested.warnKept(w.to.Filename, old, w.to.Log)
	}
	w.tx.Expect(name, old)
	w.tx.Write(name, m.Text, transaction.Public)
	return m, nil
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

// gitleaks configures gitleaks, which many run before each commit, to find what it does not detect by default, and to
// ignore what is public here. An existing file is kept.
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

// readOptional returns nil for a file that does not exist.
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
