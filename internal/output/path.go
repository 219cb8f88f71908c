package output

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// checkTree refuses a tree that could not be written as it stands.
func checkTree(tree layout.Tree) error {
	files := make(map[string]bool, len(tree.Files))
	last := ""
	for _, f := range tree.Files {
		if err := checkPath(f.Path); err != nil {
			return fmt.Errorf("check the tree: %w", err)
		}
		if f.Path <= last {
			return fmt.Errorf("check the tree: %q after %q: paths must be sorted and unique", f.Path, last)
		}
		last = f.Path
		files[f.Path] = true
	}
	for _, f := range tree.Files {
		for dir := range ancestors(f.Path) {
			if files[dir] {
				return fmt.Errorf("check the tree: %q is both a file and the directory of %q", dir, f.Path)
			}
		}
	}
	return nil
}

// checkPath refuses every path that is not plainly a file inside the tree, on any system.
// mesh.lock is input like any other, so its paths come through here as well.
func checkPath(p string) error {
	first, _, _ := strings.Cut(p, "/")
	switch {
	case !fs.ValidPath(p) || p == ".":
		return fmt.Errorf("%q is not a path in the tree", p)
	case strings.ContainsAny(p, `\:`) || !printable.Text(p):
		// A separator, a drive or a stream on Windows; sha256sum would write them differently.
		return fmt.Errorf("%q contains a character that is not allowed in a path", p)
	case slices.ContainsFunc(strings.Split(p, "/"), layout.IsDevice):
		return fmt.Errorf("%q: Windows reserves this name for a device", p)
	case p == lockName || strings.HasPrefix(first, stagingPrefix):
		return fmt.Errorf("%q is a name that kubectl mesh reserves", p)
	}
	return nil
}

// ancestors yields the directories that hold p, the nearest first; the root is not among them.
func ancestors(p string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for d := path.Dir(p); d != "."; d = path.Dir(d) {
			if !yield(d) {
				return
			}
		}
	}
}
