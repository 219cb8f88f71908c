package transaction

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
)

// Options of a transaction.
type Options struct {
	// Command names this run, such as "ca issue": for runs that wait for it, and for those that roll it back.
	Command string
	// Wait is how long to wait for another run that holds the lock; if zero, its lock is an error.
	Wait time.Duration
	// Swept is set if an earlier transaction of this run has already removed temporary files without a record.
	Swept bool
	// Hook is called before each file operation; for tests.
	Hook disk.Hook
}

// Tx is the exclusive right to change a workspace. It is not safe for concurrent use.
type Tx struct {
	dir      string // as the user wrote it
	target   *disk.Target
	disk     disk.Dir
	lock     *lock
	opts     Options
	settled  uint64
	notes    []string
	changes  map[string]change
	expected map[string][]byte
	problems []error
	wrote    bool // so that the directory stays
	stuck    bool // a change could not be taken back: no other may follow
}

// Report is the result of a commit. Names are sorted.
type Report struct {
	Written, Removed, Unchanged []string
	// Warnings of a complete commit: what could not be cleaned up.
	Warnings []error
}

// Begin opens a workspace, creates its directory if it is missing, and takes its lock. It rolls back what a killed run
// left incomplete, and removes its remains. The caller must Close the transaction.
func Begin(ctx context.Context, dir string, opts Options) (*Tx, error) {
	tx, err := begin(ctx, dir, opts)
	if err != nil {
		return nil, disk.WithRemedy(fmt.Errorf("open %s for writing: %w", dir, err))
	}
	return tx, nil
}

func begin(ctx context.Context, dir string, opts Options) (*Tx, error) {
	target, err := disk.OpenTarget(dir, Public.dirMode(), opts.Hook)
	if err != nil {
		return nil, err
	}
	tx := &Tx{dir: filepath.Clean(dir), target: target, disk: target.Dir, opts: opts}
	tx.forget()
	if tx.lock, err = acquire(ctx, tx.disk, opts.Wait); err != nil {
		target.Close(false)
		return nil, err
	}
	if err := tx.prepare(); err != nil {
		tx.Close()
		return nil, err
	}
	return tx, nil
}

// prepare brings the locked workspace to a state in which a transaction can start.
func (tx *Tx) prepare() error {
	tx.lock.name(tx.opts.Command)
	if tx.lock.unsupported {
		tx.notes = append(tx.notes, tx.dir+" is on a file system without locks: run one command at a time there")
	}
	if err := tx.recover(); err != nil {
		return err
	}
	if tx.opts.Swept {
		return nil
	}
	return tx.sweep()
}

// Notes describe what Begin did or could not do besides its task.
func (tx *Tx) Notes() []string { return tx.notes }

// Close releases the lock. Uncommitted changes are discarded. A second call does nothing.
func (tx *Tx) Close() {
	if tx.lock == nil {
		return
	}
	tx.lock.release()
	tx.lock = nil
	tx.target.Close(tx.wrote)
}

// Commit makes all changes or, with an error, none. Before the change becomes final every file is read back, and verify
// sees the resulting workspace; its error rolls everything back. After a commit another change can follow under the
// same lock.
func (tx *Tx) Commit(ctx context.Context, verify func(fs.FS) error) (Report, error) {
	report, err := tx.commit(ctx, verify)
	if err != nil {
		return Report{}, disk.WithRemedy(err)
	}
	return report, nil
}

func (tx *Tx) commit(ctx context.Context, verify func(fs.FS) error) (Report, error) {
	switch {
	case tx.lock == nil:
		return Report{}, errors.New("the transaction is closed")
	case tx.stuck:
		return Report{}, errors.New("the previous change is incomplete: run the same command again")
	}
	p, err := newPlan(tx)
	if err != nil {
		return Report{}, err
	}
	if len(p.record.Files) > 0 {
		if err := tx.carryOut(ctx, p, verify); err != nil {
			return Report{}, err
		}
	}
	tx.forget()
	return p.report, nil
}

// Reset discards what was collected since the last commit.
func (tx *Tx) Reset() { tx.forget() }

// forget prepares for the next change.
func (tx *Tx) forget() {
	tx.changes, tx.expected, tx.problems = map[string]change{}, map[string][]byte{}, nil
}
