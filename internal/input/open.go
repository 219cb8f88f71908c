package input

import (
	"errors"
	"io/fs"
	"os"
	"path"
)

// Open opens a regular file, or a pipe that the shell has opened, for reading.
func Open(name string) (*os.File, error) {
	file, err := open(name, os.Stat, os.OpenFile)
	return file.File, err
}

// OpenIn opens a regular file below a root. Its Stat is what was found when it was opened.
func OpenIn(root *os.Root, name string) (fs.File, error) {
	if file, ok := openRegular(root, name); ok {
		return file, nil
	}
	file, err := open(name, root.Stat, root.OpenFile)
	if err != nil {
		return nil, err
	}
	return file, nil
}

// opened is an open file with what open found: readers need its size and permissions.
type opened struct {
	*os.File
	info fs.FileInfo
}

func (o opened) Stat() (fs.FileInfo, error) { return o.info, nil }

// openRegular opens a file that is regular under its own name, like almost all, and leaves others to open: a root walks
// the path on each call, so it is called once.
func openRegular(root *os.Root, name string) (fs.File, bool) {
	below, err := root.OpenRoot(path.Dir(name))
	if err != nil {
		return nil, false
	}
	defer below.Close() // the file stays open
	// Lstat reports a link as not regular.
	file, err := open(path.Base(name), below.Lstat, below.OpenFile)
	return file, err == nil
}

// open checks the type before opening, because opening a device can have effects, and again afterwards. In between the
// name may have become a pipe, so opening does not wait for its writer.
func open(
	name string,
	stat func(name string) (fs.FileInfo, error),
	openFile func(name string, flag int, mode fs.FileMode) (*os.File, error),
) (opened, error) {
	info, err := stat(name)
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		// The system call's name means nothing to users.
		return opened{}, &fs.PathError{Op: "open", Path: name, Err: at.Err}
	}
	if err != nil {
		return opened{}, err
	}
	if err := checkKind(name, info); err != nil {
		return opened{}, err
	}
	file, err := openFile(name, os.O_RDONLY|withoutWaiting, 0)
	if err != nil {
		return opened{}, err
	}
	if info, err = file.Stat(); err == nil {
		err = checkKind(name, info)
	}
	if err != nil {
		_ = file.Close() // opened for reading
		return opened{}, err
	}
	return opened{File: file, info: info}, nil
}

// Check rejects a file that another program's code will read unless it is a regular one of at most limit bytes, or a
// pipe that the shell has opened. A missing one is left to that code.
func Check(name string, limit int64) error {
	info, err := os.Stat(name)
	if err != nil {
		return nil //nolint:nilerr // the reader reports it
	}
	if err := checkKind(name, info); err != nil {
		return err
	}
	if info.Size() > limit {
		return &fs.PathError{Op: "read", Path: name, Err: &SizeError{Limit: limit}}
	}
	return nil
}
