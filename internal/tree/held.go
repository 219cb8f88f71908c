package tree

import (
	"path/filepath"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// findHeld finds what cannot be rendered yet, and which files of it are there all the same.
func (in Input) findHeld(input *render.Input, to Target) ([]render.Held, error) {
	held, err := render.HeldBack(*input, to.Only)
	if err != nil {
		return nil, err
	}
	if in.Secrets == Include {
		credentials, err := render.HeldCredentials(*input, to.Only)
		if err != nil {
			return nil, err
		}
		held = slices.DeleteFunc(held, func(h render.Held) bool { return h.Secret }) // they are among the credentials
		held = append(held, credentials...)
	}
	if input.Written, err = output.Written(to.Dir, files(held, false)); err != nil {
		return nil, err
	}
	if in.Secrets == Include {
		if input.WrittenSecret, err = output.Written(in.Workspace.Path(layout.PrivateTree()), files(held, true)); err != nil {
			return nil, err
		}
	}
	for i, h := range held {
		held[i].Stays = h.Secret && input.WrittenSecret[h.File] || !h.Secret && input.Written[h.File]
	}
	return held, nil
}

// files of one of the trees.
func files(held []render.Held, isSecret bool) []string {
	var paths []string
	for _, h := range held {
		if h.Secret == isSecret {
			paths = append(paths, h.File)
		}
	}
	return paths
}

// Path of a file that is held back, as the user would write it.
func (r Rendered) Path(h render.Held) string {
	dir := r.Trees[0].Dir
	if h.Secret {
		dir = r.private
	}
	return filepath.Join(dir, filepath.FromSlash(h.File))
}
