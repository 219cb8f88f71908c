//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package disk

import (
	"errors"
	"os"
)

// TryLock locks nothing: the standard library offers no lock here that ends with the process.
func TryLock(*os.File) error { return errors.ErrUnsupported }

// Unlock has nothing to give back.
func Unlock(*os.File) {}
