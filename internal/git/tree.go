package git

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Limits of what ReadTree holds in memory.
const (
	// maxTreeFiles is three times what a tree of 300 fully linked clusters has.
	maxTreeFiles = 1 << 18
	// maxTreeBytes is the sum of all files.
	maxTreeBytes = 512 << 20
)

// File is a regular file of a commit.
type File struct {
	Path    string // relative to the repository's directory, with slashes
	Content []byte // not to be changed: files with the same content share it
}

// blob is an entry of a tree.
type blob struct {
	mode, object string
	size         int64 // -1: this clone does not have it
	path         string
}

// ReadTree returns the files that a commit has at and below paths, sorted by path; of all below the
// directory if no path is given. Nothing is checked out. A path that the commit does not have yields no
// file. Symbolic links and submodules are errors: what they stand for is not in the commit.
func (r *Repository) ReadTree(ctx context.Context, commit Commit, paths ...string) ([]File, error) {
	blobs, err := r.tree(ctx, commit, paths)
	if err != nil {
		return nil, fmt.Errorf("read Git tree: %w", err)
	}
	if err := checkTree(blobs); err != nil {
		return nil, err
	}
	contents, err := r.contents(ctx, blobs)
	if err != nil {
		return nil, fmt.Errorf("read Git tree: %w", err)
	}
	files := make([]File, len(blobs))
	for i, b := range blobs {
		files[i] = File{Path: b.path, Content: contents[b.object]}
	}
	return files, nil
}

// tree lists what a commit has at and below paths.
func (r *Repository) tree(ctx context.Context, commit Commit, paths []string) ([]blob, error) {
	if err := commit.valid(); err != nil {
		return nil, err
	}
	if err := local(paths); err != nil {
		return nil, err
	}
	list, err := r.list(ctx, append([]string{"ls-tree", "-r", "-z", "-l", string(commit), "--"}, paths...)...)
	if err != nil {
		return nil, err
	}
	blobs := make([]blob, 0, len(list))
	for _, record := range list {
		about, path, ok := strings.Cut(record, "\t")
		fields := strings.Fields(about)
		if !ok || len(fields) != 4 {
			return nil, fmt.Errorf("git ls-tree: %w: unexpected answer %q", ErrUnusable, record)
		}
		size, err := strconv.ParseInt(fields[3], 10, 64)
		if err != nil { // "-" for a submodule; "BAD" where the object is missing (builtin/ls-tree.c)
			size = -1
		}
		blobs = append(blobs, blob{mode: fields[0], object: fields[2], size: size, path: path})
	}
	// A tree may be written in any order.
	slices.SortFunc(blobs, func(a, b blob) int { return cmp.Compare(a.path, b.path) })
	return blobs, nil
}

// checkTree refuses what cannot be read from a commit, and what nobody should: all of it at once. Git
// writes no path that is not valid, but believes a tree that has one.
func checkTree(blobs []blob) error {
	var problems []error
	sum, before := int64(0), ""
	for _, b := range blobs {
		sum += max(b.size, 0)
		name := shown(b.path)
		switch {
		case !fs.ValidPath(b.path) || strings.Contains(b.path, "\\"), b.path == before:
			problems = append(problems, fmt.Errorf("%s: %w: invalid path in a tree", name, ErrUnusable))
		case b.mode == modeSymlink:
			problems = append(problems, hint.Errorf("commit the file itself", "%s is a symbolic link", name))
		case b.mode == modeSubmodule:
			problems = append(problems, hint.Errorf("commit the files themselves", "%s is a submodule", name))
		case b.size < 0:
			problems = append(problems, lacking(fmt.Errorf("%s: %w", name, ErrMissingObject)))
		}
		before = b.path
	}
	if len(blobs) > maxTreeFiles || sum > maxTreeBytes {
		problems = append(problems, fmt.Errorf("%d files of %d MiB in all: %w of %d files or %d MiB",
			len(blobs), sum>>20, ErrTooLarge, maxTreeFiles, maxTreeBytes>>20))
	}
	return errors.Join(problems...)
}
