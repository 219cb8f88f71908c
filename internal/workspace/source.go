package workspace

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/internal/input"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// text reads the mesh file.
func (s Source) text(ctx context.Context) ([]byte, error) {
	if s.Filename == "-" {
		text, err := input.Until(ctx, func() ([]byte, error) { return mesh.ReadLimited(s.Stdin) })
		if err != nil {
			return nil, verdict.Inputf("pass the mesh on stdin, or specify a file with -f", "read stdin: %w", err)
		}
		return text, nil
	}
	file, err := input.Open(s.Filename)
	if err != nil {
		return nil, s.explain(err)
	}
	defer file.Close() // opened for reading
	text, err := input.Until(ctx, func() ([]byte, error) { return mesh.ReadLimited(file) })
	return text, verdict.Input(terminal.QuotePath(err))
}

// explain reports why the mesh file cannot be opened, and which file to specify.
func (s Source) explain(err error) error {
	kind, special := errors.AsType[*input.KindError](err)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return verdict.Inputf("specify the mesh file with -f, or create one: kubectl mesh init",
			"%s does not exist", s.Filename)
	case special && kind.Mode.IsDir():
		return verdict.Inputf("specify the file in it: -f "+shell.Name(filepath.Join(s.Filename, "mesh.yaml")),
			"%s is a directory", s.Filename)
	case special:
		return verdict.Input(hint.Add(terminal.QuotePath(err), "specify a file with -f, or pass the mesh on stdin: -f -"))
	}
	return verdict.Input(terminal.QuotePath(err))
}
