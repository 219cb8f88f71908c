package input

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// KindError says that a name belongs to something that is not read.
type KindError struct{ Mode fs.FileMode }

func (e *KindError) Error() string { return kind(e.Mode) + ", not a regular file" }

// kind is the word for a type of file.
func kind(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "a special file"
}

// SizeError says that a file is larger than anything that belongs there.
type SizeError struct{ Limit int64 }

func (e *SizeError) Error() string { return fmt.Sprintf("longer than %d bytes", e.Limit) }

// checkKind refuses whatever could block or never end. A pipe that the shell has opened for the program is none
// of that: somebody writes to it, and has asked for it with <(command).
func checkKind(name string, info fs.FileInfo) error {
	if info.Mode().IsRegular() || info.Mode()&fs.ModeNamedPipe != 0 && isDescriptor(name) {
		return nil
	}
	return &fs.PathError{Op: "read", Path: name, Err: &KindError{Mode: info.Mode()}}
}

// isDescriptor reports whether a name is that of an open file of this process.
func isDescriptor(name string) bool {
	name = filepath.ToSlash(filepath.Clean(name))
	return name == "/dev/stdin" || strings.HasPrefix(name, "/dev/fd/") || strings.HasPrefix(name, "/proc/self/fd/")
}
