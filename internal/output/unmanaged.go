package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// FindUnmanaged lists what dir holds and neither the tree nor an earlier run put there: files, links and whatever else
// is no directory, sorted by path. What the tree does not speak for is left out. A run neither overwrites nor removes
// them, and GitOps that applies every file of a directory would apply them.
//
// Shared says that dir holds the workspace too: then only the directories that the tree has are its own.
func FindUnmanaged(dir string, tree layout.Tree, shared bool) ([]Difference, error) {
	list, err := findUnmanaged(dir, tree, shared)
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", dir, err)
	}
	return list, nil
}

func findUnmanaged(dir string, tree layout.Tree, shared bool) ([]Difference, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open the directory: %w", disk.Cause(err))
	}
	defer root.Close() // opened for reading
	old, err := readLock(root)
	if err != nil {
		return nil, err
	}
	s := stocktaking{tree: tree, managed: managed(tree, old.entries)}
	if shared {
		s.own = topsOf(tree)
	}
	if err := fs.WalkDir(root.FS(), ".", s.visit); err != nil {
		return nil, disk.Cause(err)
	}
	return sortedByPath(s.found), nil
}

// managed are the paths of the tree, those that stay from an earlier one, and those that an earlier run wrote: Check
// speaks of the latter.
func managed(tree layout.Tree, old lock) map[string]bool {
	paths := map[string]bool{lockName: true}
	for _, file := range tree.Files {
		paths[file.Path] = true
	}
	for _, path := range tree.Held {
		paths[path] = true
	}
	for path := range old {
		paths[path] = true
	}
	return paths
}

// topsOf are the outermost directories of a tree, and its files outside of any.
func topsOf(tree layout.Tree) map[string]bool {
	tops := map[string]bool{}
	for _, file := range tree.Files {
		top, _, _ := strings.Cut(file.Path, "/")
		tops[top] = true
	}
	return tops
}

// stocktaking walks through a directory.
type stocktaking struct {
	tree    layout.Tree
	managed map[string]bool
	own     map[string]bool // nil: all that is there
	found   []Difference
}

func (s *stocktaking) visit(path string, entry fs.DirEntry, err error) error {
	if err != nil || path == "." {
		return err
	}
	switch isTop := !strings.Contains(path, "/"); {
	case isTop && (path == ".git" || s.own != nil && !s.own[path]):
		if entry.IsDir() {
			return fs.SkipDir
		}
	case isTop && entry.IsDir() && strings.HasPrefix(path, stagingPrefix): // of a run that was killed
		s.found = append(s.found, Difference{Path: path, Kind: Stale})
		return fs.SkipDir
	case !entry.IsDir() && !s.managed[path] && s.tree.InScope(path):
		s.found = append(s.found, Difference{Path: path, Kind: Unmanaged})
	}
	return nil
}
