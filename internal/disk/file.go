package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Write creates a file, which must not exist, and leaves none after an error. A private mode applies from the first
// byte.
func (d Dir) Write(name string, content []byte, mode fs.FileMode) error {
	f, err := d.create(name, mode)
	if err != nil {
		return err
	}
	if err := d.writeTo(f, name, content, mode); err != nil {
		_ = f.Close() // again, perhaps: a file cannot be removed everywhere while it is open
		_ = d.Remove(name)
		return err
	}
	return nil
}

func (d Dir) create(name string, mode fs.FileMode) (f *os.File, err error) {
	err = d.Do("create", name, func() (err error) {
		f, err = d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		return err
	})
	return f, err
}

func (d Dir) writeTo(f *os.File, name string, content []byte, mode fs.FileMode) error {
	if IsPrivate(mode) {
		if err := d.Do("set the mode of", name, func() error { return f.Chmod(mode) }); err != nil {
			return err
		}
	}
	err := d.Do("write", name, func() error { _, err := f.Write(content); return err })
	if err != nil {
		return err
	}
	if d.durable {
		if err := d.Do("sync", name, f.Sync); err != nil {
			return err
		}
	}
	return d.Do("close", name, f.Close)
}

// SyncFile makes a file's content survive a power failure.
func (d Dir) SyncFile(name string) error {
	return d.Do("sync", name, func() error {
		f, err := d.root.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}

// Read reads a regular file of at most limit bytes. It opens nothing else: a pipe would block, and a link could lead to
// another file.
func (d Dir) Read(name string, limit int64) (content []byte, err error) {
	err = d.Do("read", name, func() (err error) {
		content, err = d.read(name, limit)
		return err
	})
	return content, err
}

func (d Dir) read(name string, limit int64) ([]byte, error) {
	info, err := d.root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, ErrNotRegular
	}
	f, err := d.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // opened for reading
	content, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(content)) > limit {
		err = fmt.Errorf("longer than %d bytes", limit)
	}
	return content, err
}
