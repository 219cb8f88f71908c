package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// Kind is how a path differs from what would be written.
type Kind string

// What Write would do with the path.
const (
	Missing Kind = "missing" // would be created
	Changed Kind = "changed" // would be replaced
	Stale   Kind = "stale"   // would be removed
	// Unmanaged is a path that Write would leave as it is: not created by this program.
	Unmanaged Kind = "unmanaged"
)

// Difference is a path that Write would change, or refuse.
type Difference struct {
	Path string
	Kind Kind
}

// Check returns what Write would do or refuse, sorted by path; nothing if dir contains the tree. It changes nothing.
func Check(dir string, tree layout.Tree, opts Options) ([]Difference, error) {
	differences, err := check(dir, tree, opts)
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", dir, err)
	}
	return differences, nil
}

func check(dir string, tree layout.Tree, opts Options) ([]Difference, error) {
	if err := checkTree(tree); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return allMissing(tree), nil
	}
	if err != nil {
		return nil, fmt.Errorf("open the directory: %w", disk.Cause(err))
	}
	defer root.Close() // opened for reading
	p, err := newPlan(dir, root, tree, opts)
	if err != nil {
		return nil, err
	}
	return p.differences(), nil
}

func allMissing(tree layout.Tree) []Difference {
	if len(tree.Files) == 0 {
		return nil
	}
	list := []Difference{{Path: lockName, Kind: Missing}}
	for _, f := range tree.Files {
		list = append(list, Difference{Path: f.Path, Kind: Missing})
	}
	return sortedByPath(list)
}

func (p *plan) differences() []Difference {
	var list []Difference
	for i := range p.items {
		switch it := &p.items[i]; {
		case it.action == actRemove:
			list = append(list, Difference{Path: it.path, Kind: Stale})
		case it.action == actWrite && it.found == foundNothing:
			list = append(list, Difference{Path: it.path, Kind: Missing})
		case it.action == actWrite:
			list = append(list, Difference{Path: it.path, Kind: Changed})
		}
	}
	switch {
	case p.lockIsRight():
	case p.lock.text == nil:
		list = append(list, Difference{Path: lockName, Kind: Missing})
	default:
		list = append(list, Difference{Path: lockName, Kind: Changed})
	}
	return sortedByPath(p.withDirectories(list))
}

// withDirectories adds the refused paths that are no files of the tree: the directories that others
// may write into, or that are no directories.
func (p *plan) withDirectories(list []Difference) []Difference {
	for _, r := range p.refusals {
		same := func(d Difference) bool { return d.Path == r.path }
		if !slices.ContainsFunc(list, same) {
			list = append(list, Difference{Path: r.path, Kind: Changed})
		}
	}
	return list
}

func sortedByPath(list []Difference) []Difference {
	slices.SortFunc(list, func(a, b Difference) int { return strings.Compare(a.Path, b.Path) })
	return list
}
