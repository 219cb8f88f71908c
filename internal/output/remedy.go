package output

import (
	"errors"
	"syscall"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// withRemedy adds what helps when the disk takes nothing, unless the error has a remedy: that one
// knows what is left on the disk.
func withRemedy(err error) error {
	if len(hint.Of(err)) > 0 {
		return err
	}
	return hint.Add(err, remedyFor(err))
}

func remedyFor(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "make room, and run the same command again: what was there before is there still"
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return "make the folder writable for you, and run the same command again"
	}
	return ""
}
