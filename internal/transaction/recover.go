package transaction

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// maxRecord is more than the record of any transaction.
const maxRecord = 64 << 20

// recover completes or rolls back what a killed run left.
func (tx *Tx) recover() error {
	settled, err := readSettled(tx.disk)
	if err != nil {
		return err
	}
	tx.settled = settled
	d := tx.disk.Durable()
	journal, err := readRecord(d, staged(journalFile))
	switch {
	case err != nil:
		return hint.Add(err,
			"only kubectl mesh writes it: find out what changed it; the old content of each file is next to it, as "+
				oldPrefix+"*")
	case journal != nil:
		return tx.finishJournal(d, journal)
	}
	return tx.dropPlan(d)
}

func (tx *Tx) finishJournal(d disk.Dir, journal *record) error {
	note := "completed the interrupted %q: all of its files are in place"
	if journal.Number > tx.settled {
		note = "rolled back the interrupted %q: all files are unchanged"
		err := undo(d, journal, func(int) bool { return false })
		if err == nil {
			err = markSettled(d, journal.Number)
		}
		if err != nil {
			return fmt.Errorf("roll back the interrupted %q: %w", journal.Command, err)
		}
		tx.settled = journal.Number
	}
	tx.notes = append(tx.notes, fmt.Sprintf(note, journal.Command))
	return removeStaged(d, journal)
}

// dropPlan removes what was staged for a change that did not start. An unreadable plan has nothing staged, because it
// is written first.
func (tx *Tx) dropPlan(d disk.Dir) error {
	plan, err := readRecord(d, staged(planFile))
	if err != nil || plan == nil {
		return errors.Join(removeIfThere(d, staged(nextFile)), removeIfThere(d, staged(planFile)))
	}
	tx.notes = append(tx.notes, fmt.Sprintf("cleaned up after the interrupted %q, which changed nothing", plan.Command))
	return removeStaged(d, plan)
}

// readRecord returns nil if there is no record.
func readRecord(d disk.Dir, name string) (*record, error) {
	text, err := d.Read(name, maxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r, err := decodeRecord(text)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return r, nil
}

// removeStaged removes a transaction's own files, and the directories that it created. The record is removed last, so
// that an interrupted cleanup continues.
func removeStaged(d disk.Dir, r *record) error {
	err := removeHidden(d, r)
	for _, dir := range slices.Backward(r.Directories) {
		if left := removeIfThere(d, dir); left != nil && !isNotEmpty(left) {
			err = errors.Join(err, left)
		}
	}
	if err != nil {
		return err
	}
	return errors.Join(
		removeIfThere(d, staged(nextFile)),
		removeIfThere(d, staged(planFile)),
		removeIfThere(d, staged(journalFile)),
	)
}

// removeRecord cleans up after a commit.
func removeRecord(d disk.Dir, r *record) error {
	if err := removeHidden(d, r); err != nil {
		return err
	}
	return removeIfThere(d, staged(journalFile))
}

// removeHidden removes as much as possible, because it can be secret.
func removeHidden(d disk.Dir, r *record) error {
	var errs []error
	for i, e := range r.Files {
		if e.After != "" {
			errs = append(errs, removeIfThere(d, r.newName(i)))
		}
		if e.Before != "" {
			errs = append(errs, removeIfThere(d, r.oldName(i)))
		}
	}
	return errors.Join(errs...)
}

func removeIfThere(d disk.Dir, name string) error {
	if !exists(d, name) {
		return nil
	}
	err := d.Remove(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// isNotEmpty reports whether a directory is already in use.
func isNotEmpty(err error) bool { return errors.Is(err, fs.ErrExist) }
