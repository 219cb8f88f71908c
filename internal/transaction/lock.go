package transaction

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// ErrBusy is wrapped by the error for a workspace that another run is changing.
var ErrBusy = errors.New("in use by another run")

// errReplaced is for a lock on a file that lost its name while it was being locked: try again at once.
var errReplaced = errors.New("the lock file was replaced")

// lock is the lock of a workspace, while it is held.
type lock struct {
	disk disk.Dir
	file *os.File
	// unsupported: the file system has no locks.
	unsupported bool
}

// Waiting begins with short pauses, for most transactions are, and never asks more often than it has to.
const (
	firstPause = 5 * time.Millisecond
	longPause  = 100 * time.Millisecond
	// replacements in a row mean a file system whose files have no identity, rather than bad luck.
	replacements = 10
)

// acquire waits a limited time for the lock. The lock file may be removed (git clean) or replaced while another run
// waits: only a lock on the file with that name is valid.
func acquire(ctx context.Context, d disk.Dir, wait time.Duration) (*lock, error) {
	var l *lock
	err := poll(ctx, wait, func() (err error) {
		l, err = tryOften(d)
		if errors.Is(err, disk.ErrLocked) {
			return busyError(d)
		}
		return err
	})
	return l, err
}

// poll retries until the error is not ErrBusy, or the time is up.
func poll(ctx context.Context, wait time.Duration, try func() error) error {
	deadline := time.NewTimer(wait)
	defer deadline.Stop()
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		err := try()
		if !errors.Is(err, ErrBusy) || wait <= 0 {
			return err
		}
		next := time.NewTimer(pause)
		select {
		case <-next.C:
			continue
		case <-ctx.Done():
			err = fmt.Errorf("wait for another run: %w", context.Cause(ctx))
		case <-deadline.C:
		}
		next.Stop()
		return err
	}
}

func busyError(d disk.Dir) error {
	return hint.Errorf("wait until it has finished, then run the same command again", "%w: %s", ErrBusy, readHolder(d))
}

func tryOften(d disk.Dir) (*lock, error) {
	for range replacements {
		l, err := tryAcquire(d)
		if !errors.Is(err, errReplaced) {
			return l, err
		}
	}
	return nil, fmt.Errorf("lock %s: %w", layout.WriterLock(), errReplaced)
}

// tryAcquire returns disk.ErrLocked if another run holds the lock.
func tryAcquire(d disk.Dir) (*lock, error) {
	l := &lock{disk: d}
	if err := l.open(); err != nil {
		return nil, err
	}
	err := disk.TryLock(l.file)
	switch {
	case err == nil && !l.held():
		err = errReplaced
	case errors.Is(err, errors.ErrUnsupported):
		l.unsupported, err = true, nil
	case err != nil && !errors.Is(err, disk.ErrLocked) && !errors.Is(err, errReplaced):
		err = fmt.Errorf("lock %s: %w", layout.WriterLock(), err)
	}
	if err != nil {
		_ = l.file.Close() // nothing was written to it
		return nil, err
	}
	return l, nil
}

func (l *lock) open() error {
	err := l.disk.Mkdir(layout.StateDir, 0o755)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := l.checkPlace(); err != nil {
		return err
	}
	err = l.disk.Do("open", layout.WriterLock(), func() (err error) {
		l.file, err = l.disk.Root().OpenFile(layout.WriterLock(), os.O_RDWR|os.O_CREATE, 0o644)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return errReplaced // another run has just removed the directory
	}
	return err
}

// checkPlace rejects what would redirect the lock, or block until there is a reader.
func (l *lock) checkPlace() error {
	for _, name := range []string{layout.StateDir, layout.Staging()} {
		if info, err := l.disk.Root().Lstat(name); err == nil && !info.IsDir() {
			return hint.Errorf(hintMove, "%s: %s", name, notADirectory(info))
		}
	}
	info, err := l.disk.Root().Lstat(layout.WriterLock())
	if err == nil && !info.Mode().IsRegular() {
		return hint.Errorf(hintMove, "%s: %s", layout.WriterLock(), inTheWay(info))
	}
	return nil
}

// held reports whether the locked file is still the one that others would lock.
func (l *lock) held() bool {
	mine, err := l.file.Stat()
	if err != nil {
		return false
	}
	there, err := l.disk.Root().Lstat(layout.WriterLock())
	return err == nil && os.SameFile(mine, there)
}

// release releases the lock. If nothing was ever committed, the lock file is removed while it is held, which waiting
// runs notice.
func (l *lock) release() {
	if !exists(l.disk, layout.Staging()) && l.held() {
		_ = l.disk.Remove(layout.WriterLock())
		_ = l.disk.Remove(layout.StateDir) // unless something else is in it
	} else {
		_ = l.file.Truncate(0) // the name of the holder is a courtesy
	}
	disk.Unlock(l.file)
	_ = l.file.Close() // nothing depends on what was written to it
}
