package output

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
)

// look fills in what is on the disk, directory by directory.
func (p *plan) look(root *os.Root) error {
	groups := byDirectory(p.items, func(*item) bool { return true })
	return disk.Each(workers, len(groups), func(i int) error {
		g := groups[i]
		for _, it := range g.items {
			if !it.stale {
				it.want = sha256.Sum256(it.content)
			}
		}
		if !p.directories.there(g.directory) {
			return nil
		}
		return p.lookInto(root, g)
	})
}

func (p *plan) lookInto(root *os.Root, g group) error {
	here, err := root.OpenRoot(g.directory)
	if err != nil {
		return fmt.Errorf("open %s: %w", g.directory, disk.Cause(err))
	}
	defer here.Close() // opened for reading
	r := reader{root: here}
	for _, it := range g.items {
		if err := r.look(it, path.Base(it.path)); err != nil {
			return fmt.Errorf("read %s: %w", it.path, disk.Cause(err))
		}
	}
	return nil
}

// reader reads the files of one directory into one buffer.
type reader struct {
	root *os.Root
	buf  []byte
}

// look opens nothing but regular files: a link could lead elsewhere, a pipe would block.
func (r *reader) look(it *item, name string) error {
	info, err := r.root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().IsRegular():
		it.open = disk.OpenToOthers(info)
		return r.compare(it, name)
	case info.IsDir():
		it.found = foundDirectory
	case info.Mode()&fs.ModeSymlink != 0:
		it.found = foundLink
	default:
		it.found = foundSpecial
	}
	return nil
}

func (r *reader) compare(it *item, name string) error {
	f, err := r.root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close() // opened for reading
	content, err := r.read(f, len(it.content))
	if err != nil {
		return err
	}
	if !it.stale && bytes.Equal(content, it.content) {
		it.found = foundSame
		return nil
	}
	it.found, it.has = foundOther, sha256.Sum256(content)
	return nil
}

// read returns what f holds, valid until the next call. A buffer with room for one byte more
// than expected makes two calls to the system enough.
func (r *reader) read(f *os.File, expected int) ([]byte, error) {
	if cap(r.buf) <= expected {
		r.buf = make([]byte, max(expected+1, 4096))
	}
	r.buf = r.buf[:cap(r.buf)]
	n := 0
	for {
		m, err := f.Read(r.buf[n:])
		n += m
		if errors.Is(err, io.EOF) {
			return r.buf[:n], nil
		}
		if err != nil {
			return nil, err
		}
		if n == len(r.buf) {
			r.buf = append(r.buf, make([]byte, len(r.buf))...)
		}
	}
}
