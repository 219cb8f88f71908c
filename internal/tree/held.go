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
	if input.Kept, err = keptParts(to.Dir, held); err != nil {
		return nil, err
	}
	if in.Secrets == Include {
		if input.WrittenSecret, err = output.Written(in.Workspace.Path(layout.PrivateTree()), files(held, true)); err != nil {
			return nil, err
		}
	}
	for i, h := range held {
		held[i].Stays = h.Secret && input.WrittenSecret[h.File] || !h.Secret && input.Written[h.File]
		if key, isPart := h.Key(); isPart {
			held[i].Stays = input.Kept[key] != nil
		}
	}
	return held, nil
}

// keptParts are the parts of files that are held back, as an earlier rendering wrote them.
func keptParts(dir string, held []render.Held) (map[render.PartKey][]byte, error) {
	wanted := map[render.PartKey]bool{}
	var paths []string
	for _, h := range held {
		if key, isPart := h.Key(); isPart {
			wanted[key], paths = true, append(paths, h.File)
		}
	}
	texts, err := output.WrittenText(dir, paths)
	if err != nil {
		return nil, err
	}
	kept := map[render.PartKey][]byte{}
	for file, text := range texts {
		for key, part := range render.Parts(file, text) {
			if wanted[key] {
				kept[key] = part
			}
		}
	}
	return kept, nil
}

// files of one of the trees that are held back as a whole.
func files(held []render.Held, isSecret bool) []string {
	var paths []string
	for _, h := range held {
		if _, isPart := h.Key(); h.Secret == isSecret && !isPart {
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
	return filepath.Join(dir, filepath.FromSlash(h.File)) + h.Part()
}
