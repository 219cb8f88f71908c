package input

import (
	"io/fs"
	"os"
)

// Files is the file system below a root of which only regular files can be opened.
func Files(root *os.Root) fs.FS { return files{FS: root.FS(), root: root} }

type files struct {
	fs.FS
	root *os.Root
}

// Open opens a regular file.
func (f files) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return OpenIn(f.root, name)
}

// ReadDir lists a directory, which Open rejects.
func (f files) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(f.FS, name) }

// Stat also describes what cannot be opened.
func (f files) Stat(name string) (fs.FileInfo, error) { return fs.Stat(f.FS, name) }
