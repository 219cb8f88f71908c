package tree

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/output"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// findHeld finds files that cannot be rendered yet, and those of them that exist. needed are files with a held part
// that were edited by hand, with what no rendering could restore.
func (in Input) findHeld(input *render.Input, to Target) (held []render.Held, needed map[string]string, err error) {
	held, err = render.HeldBack(*input, to.Only)
	if err != nil {
		return nil, nil, err
	}
	if in.Secrets == Include {
		credentials, err := render.HeldCredentials(*input, to.Only)
		if err != nil {
			return nil, nil, err
		}
		held = slices.DeleteFunc(held, func(h render.Held) bool { return h.Secret }) // in the credentials tree
		held = append(held, credentials...)
	}
	if input.Written, err = output.Written(to.Dir, files(held, false)); err != nil {
		return nil, nil, err
	}
	if input.Kept, needed, err = keptParts(to.Dir, held); err != nil {
		return nil, nil, err
	}
	if in.Secrets == Include {
		if input.WrittenSecret, err = output.Written(in.Workspace.Path(layout.PrivateTree()), files(held, true)); err != nil {
			return nil, nil, err
		}
	}
	for i, h := range held {
		held[i].Retained = h.Secret && input.WrittenSecret[h.File] || !h.Secret && input.Written[h.File]
		if key, isPart := h.Key(); isPart {
			held[i].Retained = input.Kept[key] != nil
		}
	}
	return held, needed, nil
}

// keptParts returns held parts of files as an earlier rendering wrote them. Parts edited by hand were not rendered, so
// they are not kept but needed, with what would be lost.
func keptParts(dir string, held []render.Held) (kept map[render.PartKey][]byte, needed map[string]string, err error) {
	wanted := map[render.PartKey]bool{}
	var paths []string
	for _, h := range held {
		if key, isPart := h.Key(); isPart {
			wanted[key], paths = true, append(paths, h.File)
		}
	}
	intact, edited, err := output.WrittenText(dir, paths)
	if err != nil {
		return nil, nil, err
	}
	kept, needed = map[render.PartKey][]byte{}, map[string]string{}
	for file, text := range intact {
		for key, part := range render.Parts(file, text) {
			if wanted[key] {
				kept[key] = part
			}
		}
	}
	for file, text := range edited {
		if lost := namedIn(text, file, wanted); lost != nil {
			needed[file] = strings.Join(lost, ", ") + " cannot be rendered yet, and would be lost"
		}
	}
	return kept, needed, nil
}

// namedIn returns the wanted parts that a text contains or mentions: an edited file may not be YAML any more.
func namedIn(text []byte, file string, wanted map[render.PartKey]bool) []string {
	var names []string
	for key := range wanted {
		if key.File == file && bytes.Contains(text, []byte(key.Name)) {
			names = append(names, key.Kind+" "+key.Name)
		}
	}
	slices.Sort(names)
	return names
}

// files of a tree that are held back as a whole.
func files(held []render.Held, isSecret bool) []string {
	var paths []string
	for _, h := range held {
		if _, isPart := h.Key(); h.Secret == isSecret && !isPart {
			paths = append(paths, h.File)
		}
	}
	return paths
}

// Path formats the path of a held file as the user would write it.
func (r Rendered) Path(h render.Held) string {
	dir := r.Trees[0].Dir
	if h.Secret {
		dir = r.private
	}
	return filepath.Join(dir, filepath.FromSlash(h.File)) + h.Part()
}
