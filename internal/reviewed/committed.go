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

// uncommitted are the files of a tree that are not as HEAD has them, and those that HEAD has beside them. The
// directory holds what is rendered already, and what git tracks of it without any change is committed: together, HEAD
// has the bytes that are rendered.
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
		// Behind a link, or in another repository, a file is neither tracked nor a change.
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
