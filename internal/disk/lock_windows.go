package disk

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// farAway is the position of the locked byte. Locks are mandatory on Windows: the file's text, which names the holder,
// stays readable because the locked byte is beyond it.
const farAway = 1 << 30

// TryLock locks an open file against all other callers, without waiting: ErrLocked if another one holds the lock,
// errors.ErrUnsupported if the file system has no locks.
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

// Unlock releases the lock before the file is closed.
func Unlock(f *os.File) {
	at := &windows.Overlapped{OffsetHigh: farAway}
	_ = windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, at) // closing it is what remains
}
