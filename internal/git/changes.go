package git

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ChangeKind is how a path differs from what is committed.
type ChangeKind string

// Kinds of changes.
const (
	Modified  ChangeKind = "modified"  // other content in the directory than in the index
	Deleted   ChangeKind = "deleted"   // not in the directory
	Staged    ChangeKind = "staged"    // another entry in the index than in HEAD, or in only one of them
	Conflict  ChangeKind = "conflict"  // a merge is not resolved
	Untracked ChangeKind = "untracked" // neither in the index nor ignored
	Ignored   ChangeKind = "ignored"   // not in the index because a rule ignores it
)

// Change is a path that is not as committed.
type Change struct {
	Path string
	Kind ChangeKind
}

// Changes compares paths of the directory with HEAD, byte for byte, and returns the differences, sorted by path;
// nothing if all is committed. It does not use Git's comparison, which trusts flags in the index (assume-unchanged,
// skip-worktree) and time stamps, and runs filters. A file that git checks out with other line ends than it commits is
// therefore modified. Permissions are not compared.
func (r *Repository) Changes(ctx context.Context, paths ...string) ([]Change, error) {
	entries, err := r.index(ctx, paths...)
	if err != nil {
		return nil, fmt.Errorf("compare with Git: %w", err)
	}
	staged, err := r.staged(ctx, entries, paths)
	if err != nil {
		return nil, fmt.Errorf("compare with Git: %w", err)
	}
	extra, err := r.extra(ctx, paths)
	if err != nil {
		return nil, fmt.Errorf("compare with Git: %w", err)
	}
	edited, err := r.edited(ctx, entries)
	if err != nil {
		return nil, fmt.Errorf("compare with Git: %w", err)
	}
	changes := slices.Concat(staged, extra, edited)
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind))
	})
	return slices.Compact(changes), nil
}

// staged compares the index with HEAD. Where there is no commit yet, everything is staged.
func (r *Repository) staged(ctx context.Context, entries []entry, paths []string) ([]Change, error) {
	head, err := r.ResolveRevision(ctx, "HEAD")
	var blobs []blob
	switch {
	case err == nil:
		if blobs, err = r.tree(ctx, head, paths); err != nil {
			return nil, err
		}
	case !errors.Is(err, ErrUnknownRevision):
		return nil, err
	}
	committed := make(map[string]entry, len(blobs))
	for _, b := range blobs {
		committed[b.path] = entry{mode: b.mode, object: b.object, stage: "0", path: b.path}
	}
	var changes []Change
	for _, e := range entries {
		switch {
		case e.stage != "0":
			changes = append(changes, Change{Path: e.path, Kind: Conflict})
		case committed[e.path] != e:
			changes = append(changes, Change{Path: e.path, Kind: Staged})
		}
		delete(committed, e.path)
	}
	for path := range committed {
		changes = append(changes, Change{Path: path, Kind: Staged})
	}
	return changes, nil
}

// extra lists what is in the directory and not in the index. A nested repository is one path.
func (r *Repository) extra(ctx context.Context, paths []string) ([]Change, error) {
	var changes []Change
	for kind, rules := range map[ChangeKind][]string{
		Untracked: {"--exclude-standard"},
		Ignored:   {"--exclude-standard", "--ignored"},
	} {
		args := append([]string{"ls-files", "-z", "--others"}, rules...)
		list, err := r.list(ctx, append(append(args, "--"), literal(paths)...)...)
		if err != nil {
			return nil, err
		}
		for _, path := range list {
			changes = append(changes, Change{Path: path, Kind: kind})
		}
	}
	return changes, nil
}

// edited compares the directory with the index.
func (r *Repository) edited(ctx context.Context, entries []entry) ([]Change, error) {
	root, err := os.OpenRoot(r.dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var changes []Change
	for _, e := range entries {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if e.stage != "0" {
			continue
		}
		kind, err := compare(root, e)
		if err != nil {
			return nil, err
		}
		if kind != "" {
			changes = append(changes, Change{Path: e.path, Kind: kind})
		}
	}
	return changes, nil
}

// compare returns how a file differs from its entry in the index; nothing if it does not.
func compare(root *os.Root, e entry) (ChangeKind, error) {
	name := filepath.FromSlash(e.path)
	info, err := root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "", err
	case err != nil: // neither is there what is behind a file, or behind a link that leads out
		return Deleted, nil
	}
	content, size, err := committable(root, name, e.mode, info)
	if err != nil || content == nil {
		return Modified, err
	}
	defer content.Close()
	if id, err := blobID(e.object, size, content); err != nil || id != e.object {
		return Modified, err
	}
	return "", nil
}

// committable returns what Git would commit of a file: of a link where it points. It is nil if the file
// is of another kind than the entry in the index. A submodule always is: what is in it is in no commit of
// this repository.
func committable(root *os.Root, name, mode string, info fs.FileInfo) (content io.ReadCloser, size int64, err error) {
	switch {
	case mode == modeSymlink && info.Mode()&fs.ModeSymlink != 0:
		target, err := root.Readlink(name)
		target = filepath.ToSlash(target)
		return io.NopCloser(strings.NewReader(target)), int64(len(target)), err
	case mode != modeSymlink && mode != modeSubmodule && info.Mode().IsRegular():
		file, err := root.Open(name)
		return file, info.Size(), err
	}
	return nil, 0, nil
}
