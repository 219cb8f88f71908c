package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
)

// fault makes an operation fail; tests use it to stop a run at every possible point.
type fault func(op string) error

// disk is an open folder. Every operation of this package that changes a file goes through
// it; none can leave root.
type disk struct {
	root *os.Root
	// at is where root is in the tree: errors name the path that the user knows.
	at string
	// durable writes are on the disk, not only in its cache, when they return.
	durable bool
	inject  fault // nil outside tests
}

// open opens a folder once, so that the files in it need no walk along its path.
func (d disk) open(folder, at string) (disk, error) {
	root, err := d.root.OpenRoot(folder)
	if err != nil {
		return disk{}, fmt.Errorf("open %s: %w", at, cause(err))
	}
	d.root, d.at = root, at
	return d, nil
}

func (d disk) mkdir(name string, mode fs.FileMode) error {
	err := d.do("create folder", name, func() error { return d.root.Mkdir(name, mode) })
	if err != nil || !isPrivate(mode) {
		return err
	}
	if err := d.chmod(name, mode); err != nil {
		_ = d.remove(name) // it is empty, and the error before says why
		return err
	}
	return nil
}

func (d disk) chmod(name string, mode fs.FileMode) error {
	return d.do("set the mode of", name, func() error { return d.root.Chmod(name, mode) })
}

// write creates the file; there must be none of that name, and none is left after an error.
func (d disk) write(name string, content []byte, mode fs.FileMode) error {
	f, err := d.create(name, mode)
	if err != nil {
		return err
	}
	if err := d.writeTo(f, name, content, mode); err != nil {
		_ = f.Close() // again, perhaps: a file cannot be removed everywhere while it is open
		_ = d.remove(name)
		return err
	}
	return nil
}

func (d disk) create(name string, mode fs.FileMode) (f *os.File, err error) {
	err = d.do("create", name, func() (err error) {
		f, err = d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		return err
	})
	return f, err
}

func (d disk) writeTo(f *os.File, name string, content []byte, mode fs.FileMode) error {
	if isPrivate(mode) {
		if err := d.do("set the mode of", name, func() error { return f.Chmod(mode) }); err != nil {
			return err
		}
	}
	err := d.do("write", name, func() error { _, err := f.Write(content); return err })
	if err != nil {
		return err
	}
	if d.durable {
		if err := d.do("sync", name, f.Sync); err != nil {
			return err
		}
	}
	return d.do("close", name, f.Close)
}

// rename moves from to to. The error says op of shown, because one of the two names is
// usually inside the staging folder.
func (d disk) rename(op, shown, from, to string) error {
	return d.do(op, shown, func() error { return d.root.Rename(from, to) })
}

func (d disk) remove(name string) error {
	return d.do("remove", name, func() error { return d.root.Remove(name) })
}

func (d disk) removeAll(name string) error {
	return d.do("remove", name, func() error { return d.root.RemoveAll(name) })
}

func (d disk) do(op, name string, work func() error) error {
	var err error
	if d.inject != nil {
		err = d.inject(op)
	}
	if err == nil {
		err = work()
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", op, path.Join(d.at, name), cause(err))
	}
	return nil
}

// isPrivate tells whether nobody but the owner may do anything.
func isPrivate(mode fs.FileMode) bool { return mode&0o077 == 0 }

// cause takes off the operation and the path that the os package adds: ours say more.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
