package reviewed

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/git"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// uncommitted returns the files of a tree that differ from HEAD, and additional files in HEAD. The directory already
// equals the rendering, and unmodified tracked files are committed: HEAD then contains the rendered bytes.
func (c comparison) uncommitted(ctx context.Context, at place, rendered layout.Tree) ([]git.Change, error) {
	found, err := c.repository.Changes(ctx, at.path)
	if err != nil {
		return nil, err
	}
	changes := slices.DeleteFunc(found, func(change git.Change) bool { return !concerns(rendered, at, change.Path) })
	named := map[string]bool{}
	for _, change := range changes {
		named[change.Path] = true
	}
	for _, file := range rendered.Files {
		// Files behind a link or in a nested repository are neither tracked nor changed.
		if name := path.Join(at.path, file.Path); !at.tracked[name] && !named[name] {
			changes = append(changes, git.Change{Path: name, Kind: git.Untracked})
		}
	}
	slices.SortStableFunc(changes, func(a, b git.Change) int { return cmp.Compare(a.Path, b.Path) })
	return changes, nil
}

// concerns reports whether a path of the repository is in the scope of a rendering, or a directory around it.
func concerns(rendered layout.Tree, at place, name string) bool {
	below, isBelow := strings.CutPrefix(name, at.path+"/")
	if !isBelow || rendered.InScope(below) {
		return true // what is not below it is around it
	}
	return strings.HasSuffix(name, "/") && slices.ContainsFunc(rendered.Scope, func(dir string) bool {
		return strings.HasPrefix(dir, below)
	})
}
