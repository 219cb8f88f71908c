package render

import (
	"slices"
	"strings"
)

// File is one file of a rendered tree.
type File struct {
	// Path is relative to the root of the tree, with slashes.
	Path    string
	Content []byte
}

// Tree is what one folder holds after rendering: deploy/, or credentials/overlays/.
type Tree struct {
	// Files are sorted by path; no path occurs twice.
	Files []File
	// Scope limits what this rendering speaks for: a file of an earlier rendering that is
	// in scope and not among Files is stale. Each entry is a folder with a closing slash
	// ("overlays/east/"), or a file. Empty means the whole tree.
	Scope []string
}

// InScope tells whether the rendering speaks for path.
func (t Tree) InScope(path string) bool {
	return len(t.Scope) == 0 || slices.ContainsFunc(t.Scope, func(folder string) bool {
		return strings.HasPrefix(path, folder)
	})
}

func (t *Tree) sort() {
	slices.SortFunc(t.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
}
