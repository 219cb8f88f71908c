package output

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// withRemedy adds what helps when the disk takes nothing, unless the error has a hint: that one
// knows what is left on the disk.
func withRemedy(err error) error {
	if hint := remedy(err); hint != "" && !strings.Contains(err.Error(), "\nhint: ") {
		return fmt.Errorf("%w\nhint: %s", err, hint)
	}
	return err
}

func remedy(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "make room, and run the same command again: what was there before is there still"
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return "make the folder writable for you, and run the same command again"
	}
	return ""
}
