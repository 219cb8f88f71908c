package git

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Modes of what git stores (Documentation/gitformat-index.txt).
const (
	modeSymlink   = "120000"
	modeSubmodule = "160000"
)

// entry is what the index has of a path.
type entry struct {
	mode, object, stage string
	path                string
}

// index returns the entries at and below paths; of all below the directory if none is given.
func (r *Repository) index(ctx context.Context, paths ...string) ([]entry, error) {
	if err := local(paths); err != nil {
		return nil, err
	}
	list, err := r.list(ctx, append([]string{"ls-files", "-z", "--stage", "--"}, literal(paths)...)...)
	if err != nil {
		return nil, err
	}
	entries := make([]entry, 0, len(list))
	for _, record := range list {
		about, path, ok := strings.Cut(record, "\t")
		fields := strings.Fields(about)
		if !ok || len(fields) != 3 {
			return nil, fmt.Errorf("git ls-files: %w: unexpected output %q", ErrUnusable, record)
		}
		entries = append(entries, entry{mode: fields[0], object: fields[1], stage: fields[2], path: path})
	}
	return entries, nil
}

// Tracked returns the files that the index has at and below paths, sorted; all below the directory if no
// path is given. No character of a path has a meaning. A submodule is one path.
func (r *Repository) Tracked(ctx context.Context, paths ...string) ([]string, error) {
	entries, err := r.index(ctx, paths...)
	if err != nil {
		return nil, fmt.Errorf("list tracked files: %w", err)
	}
	return pathsOf(entries), nil
}

// pathsOf drops what follows itself: a path in conflict has up to three entries.
func pathsOf(entries []entry) []string {
	var paths []string
	for _, e := range entries {
		if len(paths) == 0 || paths[len(paths)-1] != e.path {
			paths = append(paths, e.path)
		}
	}
	return paths
}

// Files returns what git has below the directory and what git add would take: tracked files, and
// untracked ones that no rule ignores, sorted. Submodules and nested repositories are left out. A tracked
// file may be missing on disk, and a path may be a symbolic link.
func (r *Repository) Files(ctx context.Context) ([]string, error) {
	entries, err := r.index(ctx)
	if err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	untracked, err := r.list(ctx, "ls-files", "-z", "--others", "--exclude-standard")
	if err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	return files(entries, untracked), nil
}

func files(entries []entry, untracked []string) []string {
	entries = slices.DeleteFunc(entries, func(e entry) bool { return e.mode == modeSubmodule })
	untracked = slices.DeleteFunc(untracked, func(path string) bool {
		return strings.HasSuffix(path, "/") // a nested repository
	})
	all := append(pathsOf(entries), untracked...)
	slices.Sort(all)
	return slices.Compact(all)
}
