package disk

import (
	"errors"
	"syscall"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// ErrNotRegular is the error for a link, a directory, a pipe or a device in place of a file.
var ErrNotRegular = errors.New("not a regular file")

// WithRemedy adds the remedy for an unwritable file system, unless the error already has one, which knows what is left
// on disk.
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
