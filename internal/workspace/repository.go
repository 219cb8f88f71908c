package workspace

import (
	"context"
	"errors"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/internal/git"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/shell"
)

// Repository returns the Git repository of the workspace; nil if there is none. It is an error if there is one that
// cannot be read.
func (ws *Workspace) Repository(ctx context.Context) (*git.Repository, error) {
	in := git.Input{Dir: ws.Dir, Environ: ws.environ}
	repository, err := git.Open(ctx, in)
	if !errors.Is(err, git.ErrNoRepository) && !errors.Is(err, git.ErrNoProgram) {
		return repository, err
	}
	switch marker := git.Marker(in); {
	case marker == "":
		return nil, nil
	case errors.Is(err, git.ErrNoProgram):
		return nil, hint.Add(fmt.Errorf("read the Git repository of %s: %w", marker, err), "install git")
	default:
		return nil, hint.Add(fmt.Errorf("%s: %w", marker, git.ErrUnusable),
			"repair it, or remove it if it is not a repository: git -C "+shell.Name(ws.Dir)+" status")
	}
}
