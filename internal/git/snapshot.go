package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Snapshot is the directory as a commit has it: a file system of regular files, read from the object database
// when they are opened. Nothing is checked out. One git ls-tree lists it, and one git cat-file reads it.
// A symbolic link or a submodule is an error where it is met: what it stands for is not in the commit.
type Snapshot struct {
	Commit  Commit
	entries map[string]blob
	below   map[string][]fs.DirEntry
	objects *objects
}

var (
	_ fs.ReadDirFS = (*Snapshot)(nil)
	_ fs.StatFS    = (*Snapshot)(nil)
)

// Snapshot lists what a commit has below the directory. Whatever cannot be read at, below or above one of the
// paths is an error at once: their absence would have a meaning.
func (r *Repository) Snapshot(ctx context.Context, commit Commit, paths ...string) (*Snapshot, error) {
	blobs, err := r.tree(ctx, commit, nil)
	if err != nil {
		return nil, fmt.Errorf("read Git tree: %w", err)
	}
	if err := checkTree(blobs, paths); err != nil {
		return nil, err
	}
	s := &Snapshot{Commit: commit, entries: make(map[string]blob, len(blobs)), below: map[string][]fs.DirEntry{".": nil}}
	for _, b := range blobs {
		s.add(b)
	}
	for _, entries := range s.below {
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	}
	s.objects, err = r.objects(ctx)
	return s, err
}

// Close ends the process that reads files.
func (s *Snapshot) Close() { s.objects.close() }

func (s *Snapshot) add(b blob) {
	s.entries[b.path] = b
	entry := fs.FileInfoToDirEntry(info{name: path.Base(b.path), mode: b.fileMode()})
	for name := b.path; ; {
		dir := path.Dir(name)
		_, known := s.below[dir]
		s.below[dir] = append(s.below[dir], entry)
		if known || dir == "." {
			return
		}
		name, entry = dir, fs.FileInfoToDirEntry(info{name: path.Base(dir), mode: fs.ModeDir})
	}
}

// Open reads a regular file.
func (s *Snapshot) Open(name string) (fs.File, error) {
	found, err := s.lookUp("open", name)
	if err != nil {
		return nil, err
	}
	content, err := s.objects.read(found.object)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &file{Reader: *bytes.NewReader(content), info: info{name: path.Base(name), size: int64(len(content))}}, nil
}

// ReadDir lists a directory.
func (s *Snapshot) ReadDir(name string) ([]fs.DirEntry, error) {
	if entries, ok := s.below[name]; ok {
		return slices.Clone(entries), nil
	}
	if _, err := s.lookUp("readdir", name); err != nil {
		return nil, err
	}
	return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a directory")}
}

// Stat describes a file or a directory, without its size.
func (s *Snapshot) Stat(name string) (fs.FileInfo, error) {
	if _, ok := s.below[name]; ok {
		return info{name: path.Base(name), mode: fs.ModeDir}, nil
	}
	_, err := s.lookUp("stat", name)
	return info{name: path.Base(name)}, err
}

// lookUp finds a file. Where the way to it leads through a link or a submodule, that is the error: it may be there.
func (s *Snapshot) lookUp(op, name string) (blob, error) {
	fail := func(err error) (blob, error) { return blob{}, &fs.PathError{Op: op, Path: name, Err: err} }
	if !fs.ValidPath(name) {
		return fail(fs.ErrInvalid)
	}
	if _, ok := s.below[name]; ok {
		return fail(errors.New("is a directory"))
	}
	for at := name; at != "."; at = path.Dir(at) {
		found, ok := s.entries[at]
		if !ok {
			continue
		}
		if err := found.check(); err != nil {
			return fail(err)
		}
		if at == name {
			return found, nil
		}
	}
	return fail(fs.ErrNotExist)
}

// check refuses what is not a file in the commit.
func (b blob) check() error {
	name := shown(b.path)
	switch {
	case b.mode == modeSymlink:
		return hint.Errorf("commit the file itself", "%s is a symbolic link", name)
	case b.mode == modeSubmodule:
		return hint.Errorf("commit the files themselves", "%s is a submodule", name)
	}
	return nil
}

func (b blob) fileMode() fs.FileMode {
	switch b.mode {
	case modeSymlink:
		return fs.ModeSymlink
	case modeSubmodule:
		return fs.ModeIrregular
	}
	return 0
}

type file struct {
	bytes.Reader
	info
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Size() int64                { return f.info.size }
func (f *file) Close() error               { return nil }

type info struct {
	name string
	size int64
	mode fs.FileMode
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode | 0o444 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }
