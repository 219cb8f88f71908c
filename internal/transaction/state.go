package transaction

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
)

// state is what is on the disk at the path of a file.
type state struct {
	info    fs.FileInfo // nil: nothing
	content []byte
	digest  string // "" where there is no file
}

// errInTheWay is for what is neither a file nor nothing.
type errInTheWay string

func (e errInTheWay) Error() string { return string(e) }

// look never follows a link and opens nothing but regular files.
func look(d disk.Dir, name string) (state, error) {
	info, err := d.Root().Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return state{}, nil
	case err != nil:
		return state{}, fmt.Errorf("stat %s: %w", name, disk.Cause(err))
	}
	if reason := inTheWay(info); reason != "" {
		return state{}, errInTheWay(reason)
	}
	content, err := d.Read(name, maxFile)
	if err != nil {
		return state{}, err
	}
	return state{info: info, content: content, digest: digestOf(content)}, nil
}

// inTheWay says what is in the place of a file; "" for a regular file.
func inTheWay(info fs.FileInfo) string {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return ""
	case mode.IsDir():
		return "a directory where a file is expected"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link where a file is expected"
	default:
		return "not a regular file, but a pipe, a socket or a device"
	}
}

// same reports whether two names are of one file; false if one of them does not exist.
func same(d disk.Dir, a, b string) bool {
	first, err := d.Root().Lstat(a)
	if err != nil {
		return false
	}
	second, err := d.Root().Lstat(b)
	return err == nil && os.SameFile(first, second)
}
