package disk

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// farAway is where the locked byte is. Locks are mandatory on Windows: the text of the file, which names
// who has the lock, stays readable because the locked byte lies beyond any text.
const farAway = 1 << 30

// TryLock locks an open file against all others that call it, without waiting: ErrLocked when one of them
// has the lock, errors.ErrUnsupported where the file system has no locks.
func TryLock(f *os.File) error {
	const how = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err := windows.LockFileEx(windows.Handle(f.Fd()), how, 0, 1, 0, &windows.Overlapped{OffsetHigh: farAway})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION), errors.Is(err, windows.ERROR_IO_PENDING):
		return ErrLocked
	default: // a directory, or a file system without locks
		return fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
	}
}

// Unlock gives the lock back before the file is closed.
func Unlock(f *os.File) {
	at := &windows.Overlapped{OffsetHigh: farAway}
	_ = windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, at) // closing it is what remains
}
