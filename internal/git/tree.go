package git

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// maxTreeFiles is three times what a tree of 300 fully linked clusters has.
const maxTreeFiles = 1 << 18

// blob is an entry of a tree.
type blob struct{ mode, object, path string }

// tree lists what a commit has at and below paths; all below the directory if no path is given.
func (r *Repository) tree(ctx context.Context, commit Commit, paths []string) ([]blob, error) {
	if err := commit.valid(); err != nil {
		return nil, err
	}
	if err := local(paths); err != nil {
		return nil, err
	}
	list, err := r.list(ctx, append([]string{"ls-tree", "-r", "-z", string(commit), "--"}, paths...)...)
	if err != nil {
		return nil, err
	}
	blobs := make([]blob, 0, len(list))
	for _, record := range list {
		about, path, ok := strings.Cut(record, "\t")
		fields := strings.Fields(about)
		if !ok || len(fields) != 3 {
			return nil, fmt.Errorf("git ls-tree: %w: unexpected output %q", ErrUnusable, record)
		}
		blobs = append(blobs, blob{mode: fields[0], object: fields[2], path: path})
	}
	// A tree may be written in any order.
	slices.SortFunc(blobs, func(a, b blob) int { return cmp.Compare(a.path, b.path) })
	return blobs, nil
}

// checkTree refuses what cannot be read of these paths, and a tree that is not sound: all of it at once. Git writes
// no path that is not valid, but believes a tree that has one. What differs from a path in letter case only is another
// file here and the same one on a system that ignores case, so there the directory would not be what was read.
func checkTree(blobs []blob, paths []string) error {
	if len(blobs) > maxTreeFiles {
		return fmt.Errorf("%d files: %w of %d", len(blobs), ErrTooLarge, maxTreeFiles)
	}
	var problems []error
	before, folded := "", newFolded(paths)
	for _, b := range blobs {
		if name, other := folded.twin(b.path); name != "" {
			problems = append(problems, hint.Errorf("rename one of them",
				"%s differs from %s in letter case only", shown(name), shown(other)))
		}
		switch {
		case !fs.ValidPath(b.path) || strings.Contains(b.path, "\\"):
			problems = append(problems, fmt.Errorf("%s: %w: invalid path in a tree", shown(b.path), ErrUnusable))
		case b.path == before:
			problems = append(problems, fmt.Errorf("%s: %w: listed twice in a tree", shown(b.path), ErrUnusable))
		case slices.ContainsFunc(paths, func(path string) bool { return contains(path, b.path) || contains(b.path, path) }):
			problems = append(problems, b.check())
		}
		before = b.path
	}
	return errors.Join(problems...)
}

// contains reports whether a path is another one, or a directory above it.
func contains(above, path string) bool { return path == above || strings.HasPrefix(path, above+"/") }
