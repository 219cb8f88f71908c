package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
)

// Dir is an open directory. Names are relative to it, with forward slashes.
type Dir struct {
	root *os.Root
	// at is the path of root below the directory that was opened first, which errors contain because users know it.
	at string
	// durable writes have reached the disk, not only its cache, when they return.
	durable bool
	hook    Hook
}

// Open opens an existing directory.
func Open(name string, hook Hook) (Dir, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return Dir{}, fmt.Errorf("open the directory: %w", Cause(err))
	}
	return Dir{root: root, hook: hook}, nil
}

// Sub opens a directory in d once, so that operations on its files do not walk its path. Errors contain names below at.
func (d Dir) Sub(name, at string) (Dir, error) {
	root, err := d.root.OpenRoot(name)
	if err != nil {
		return Dir{}, fmt.Errorf("open %s: %w", at, Cause(err))
	}
	d.root, d.at = root, at
	return d, nil
}

// Durable returns the same directory with writes that survive a power failure.
func (d Dir) Durable() Dir {
	d.durable = true
	return d
}

// Quick returns the same directory with writes that do not wait for the disk.
func (d Dir) Quick() Dir {
	d.durable = false
	return d
}

// Root is for reading. All changes go through the methods of Dir.
func (d Dir) Root() *os.Root { return d.root }

// Close closes the directory. Operations close the files that they write.
func (d Dir) Close() { _ = d.root.Close() }

// Mkdir creates a directory. A private mode is exact; another one is less the umask.
func (d Dir) Mkdir(name string, mode fs.FileMode) error {
	err := d.Do("create directory", name, func() error { return d.root.Mkdir(name, mode) })
	if err != nil || !IsPrivate(mode) {
		return err
	}
	if err := d.Chmod(name, mode); err != nil {
		_ = d.Remove(name) // it is empty, and the error before says why
		return err
	}
	return nil
}

// Chmod sets the mode of a file or directory.
func (d Dir) Chmod(name string, mode fs.FileMode) error {
	return d.Do("set the mode of", name, func() error { return d.root.Chmod(name, mode) })
}

// Rename moves from to to, replacing it. The error says op of shown, because users have usually never seen one of the
// names.
func (d Dir) Rename(op, shown, from, to string) error {
	return d.Do(op, shown, func() error { return d.root.Rename(from, to) })
}

// Link creates a second name for a file, which must be free. The error says op of shown.
func (d Dir) Link(op, shown, from, to string) error {
	return d.Do(op, shown, func() error { return d.root.Link(from, to) })
}

// Remove removes a file or an empty directory.
func (d Dir) Remove(name string) error {
	return d.Do("remove", name, func() error { return d.root.Remove(name) })
}

// RemoveAll removes a directory and its content.
func (d Dir) RemoveAll(name string) error {
	return d.Do("remove", name, func() error { return d.root.RemoveAll(name) })
}

// Do runs an operation after calling the hook; the error says op of name.
func (d Dir) Do(op, name string, work func() error) error {
	shown := path.Join(d.at, name)
	err := d.hook.ask(op, shown)
	if err == nil {
		err = work()
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", op, shown, Cause(err))
	}
	return nil
}

// IsPrivate reports whether a mode grants permissions only to the owner.
func IsPrivate(mode fs.FileMode) bool { return mode&0o077 == 0 }

// Cause strips the operation and the path that package os adds: ours are more useful.
func Cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
