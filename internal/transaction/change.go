package transaction

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
)

// Access is who may read a file.
type Access int

// A public file is 0644 and its missing directories 0755, less the umask; it is rejected if it contains a credential. A
// private file is exactly 0600 and its missing directories exactly 0700, whatever the umask; a directory that other
// users can write is rejected.
const (
	Public Access = iota
	Private
)

func (a Access) fileMode() fs.FileMode {
	if a == Private {
		return 0o600
	}
	return 0o644
}

func (a Access) dirMode() fs.FileMode {
	if a == Private {
		return 0o700
	}
	return 0o755
}

// change is the state of a file after the commit.
type change struct {
	remove  bool
	content []byte
	access  Access
}

// maxFile is more than any file of a workspace that is not part of a tree.
const maxFile = 64 << 20

// Write makes the commit create or replace a file. Names are relative to the workspace, with forward slashes. The last
// call for a name wins; nothing is touched before Commit, which also reports rejected names.
func (tx *Tx) Write(name string, content []byte, access Access) {
	tx.changes[name] = change{content: slices.Clone(content), access: access}
}

// Remove makes the commit remove a file, if it exists.
func (tx *Tx) Remove(name string) {
	tx.changes[name] = change{remove: true}
}

// Rename makes the commit rename a file to a free name, with its content and access.
func (tx *Tx) Rename(from, to string) {
	content, access, err := tx.read(from)
	if err != nil {
		tx.problems = append(tx.problems, fmt.Errorf("rename %s to %s: %w", tx.path(from), tx.path(to), disk.Cause(err)))
		return
	}
	if _, pending := tx.changes[from]; !pending {
		tx.Expect(from, content)
	}
	if _, pending := tx.changes[to]; !pending {
		tx.Expect(to, nil)
	}
	tx.Remove(from)
	tx.Write(to, content, access)
}

// Read returns a file as it will be after the commit: what this transaction writes, or otherwise what is on disk. The
// error is fs.ErrNotExist if there will be no file.
func (tx *Tx) Read(name string) ([]byte, error) {
	content, _, err := tx.read(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", tx.path(name), disk.Cause(err))
	}
	return content, nil
}

func (tx *Tx) read(name string) ([]byte, Access, error) {
	if err := checkName(name); err != nil {
		return nil, Public, err
	}
	if c, pending := tx.changes[name]; pending {
		if c.remove {
			return nil, Public, fs.ErrNotExist
		}
		return slices.Clone(c.content), c.access, nil
	}
	info, err := tx.disk.Root().Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Public, fs.ErrNotExist // in the same words on every system
	}
	if err != nil {
		return nil, Public, err
	}
	if !info.Mode().IsRegular() {
		return nil, Public, disk.ErrNotRegular
	}
	access := Private
	if disk.OpenToOthers(info) {
		access = Public
	}
	content, err := tx.disk.Read(name, maxFile)
	return content, access, err
}

// Expect makes the commit fail with ErrChanged, without changes, unless a file still has the content that the caller
// has read; nil means that it must not exist. Concurrent edits are thus never lost.
func (tx *Tx) Expect(name string, before []byte) {
	tx.expected[name] = slices.Clone(before)
}

// ErrChanged is wrapped by errors that running the same command again resolves: a file was changed meanwhile.
var ErrChanged = errors.New("changed by another process")

// path formats a file as the user would write it.
func (tx *Tx) path(name string) string { return filepath.Join(tx.dir, filepath.FromSlash(name)) }
