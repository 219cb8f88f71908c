package transaction

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Snapshot is the state of a workspace at one moment, for a reader.
type Snapshot struct {
	dir     string
	settled uint64
}

// Settle is for commands that only read. It ensures that no change is incomplete: it waits for a running one, as long
// as opts allow, and rolls back an interrupted one, which requires write permission. Otherwise it costs two file system
// lookups, and writes nothing.
func Settle(ctx context.Context, dir string, opts Options) (Snapshot, []string, error) {
	var notes []string
	s := Snapshot{dir: filepath.Clean(dir)}
	wait := opts.Wait
	opts.Wait = 0
	err := poll(ctx, wait, func() error {
		underWay, settled, err := peek(dir)
		if s.settled = settled; err != nil || !underWay {
			return err
		}
		tx, err := Begin(ctx, dir, opts)
		if err != nil {
			return fmt.Errorf("a change of the workspace is incomplete: %w", err)
		}
		defer tx.Close()
		s.settled, notes = tx.settled, tx.Notes()
		return nil
	})
	return s, notes, err
}

// Snapshot returns the state at the start of this transaction or, after a commit, the new one.
func (tx *Tx) Snapshot() Snapshot { return Snapshot{dir: tx.dir, settled: tx.settled} }

// Check returns ErrChanged if a transaction changed the workspace after the snapshot, so that what was read may be
// inconsistent.
func (s Snapshot) Check() error {
	underWay, settled, err := peek(s.dir)
	if err != nil {
		return err
	}
	if underWay || settled != s.settled {
		return hint.Errorf(hintReread, "%s: %w: written by another run", s.dir, ErrChanged)
	}
	return nil
}

// peek looks for a journal first, and at the number after it: a change that ends in between has a new number.
func peek(dir string) (underWay bool, settled uint64, err error) {
	d, err := disk.Open(dir, nil)
	if err != nil {
		return false, 0, fmt.Errorf("read %s: %w", dir, err)
	}
	defer d.Close()
	_, err = d.Root().Lstat(staged(journalFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, 0, fmt.Errorf("read %s: %w", dir, err)
	}
	underWay = err == nil
	settled, err = readSettled(d)
	return underWay, settled, err
}
