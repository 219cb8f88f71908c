package collect

import (
	"errors"
	"path/filepath"
	"syscall"
)

// diskRemedy is the remedy if the workspace in dir is not writable; empty for another error.
func diskRemedy(err error, dir string) string {
	for _, errno := range []error{syscall.ENOSPC, syscall.EDQUOT} {
		if errors.Is(err, errno) {
			return "free disk space, and run the same command again: existing files are unchanged"
		}
	}
	for _, errno := range []error{syscall.EROFS, syscall.EACCES, syscall.EPERM} {
		if errors.Is(err, errno) {
			if whole, err := filepath.Abs(dir); err == nil {
				dir = whole
			}
			return "make directory " + dir + " writable for you, and run the same command again"
		}
	}
	return ""
}
