package input

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// KindError reports a file that is not read because of its type.
type KindError struct{ Mode fs.FileMode }

func (e *KindError) Error() string { return kind(e.Mode) + ", not a regular file" }

// kind names a file type.
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

// SizeError reports a file that is larger than any valid one.
type SizeError struct{ Limit int64 }

func (e *SizeError) Error() string { return fmt.Sprintf("longer than %d bytes", e.Limit) }

// checkKind refuses whatever could block or never end. A pipe that the shell has opened for the program is none
// of that: its writer was requested with <(command).
func checkKind(name string, info fs.FileInfo) error {
	if info.Mode().IsRegular() || info.Mode()&fs.ModeNamedPipe != 0 && isDescriptor(name) {
		return nil
	}
	return &fs.PathError{Op: "read", Path: name, Err: &KindError{Mode: info.Mode()}}
}

// isDescriptor reports whether a name refers to an open file of this process.
func isDescriptor(name string) bool {
	name = filepath.ToSlash(filepath.Clean(name))
	return name == "/dev/stdin" || strings.HasPrefix(name, "/dev/fd/") || strings.HasPrefix(name, "/proc/self/fd/")
}
