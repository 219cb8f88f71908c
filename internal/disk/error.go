package disk

import (
	"errors"
	"syscall"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// ErrNotRegular is the error for what is a link, a directory, a pipe or a device where a file was expected.
var ErrNotRegular = errors.New("not a regular file")

// WithRemedy adds what helps when a file system takes no change, unless the error has a remedy: that one
// knows what is left on the disk.
func WithRemedy(err error) error {
	if len(hint.Of(err)) > 0 {
		return err
	}
	return hint.Add(err, remedyFor(err))
}

func remedyFor(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "free disk space, and run the same command again: existing files are unchanged"
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return "make the directory writable, and run the same command again"
	}
	return ""
}
