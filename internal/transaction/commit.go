package transaction

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// workers write and sync at the same time: a file system takes many syncs to the disk in one go.
const workers = 8

// carryOut takes a plan through the steps that the package comment lists.
func (tx *Tx) carryOut(ctx context.Context, p *plan, verify func(fs.FS) error) error {
	if !tx.lock.held() {
		return hint.Errorf(hintReread, "%s was removed or replaced while this command ran", tx.path(layout.WriterLock()))
	}
	d := tx.disk.Durable()
	if err := p.stage(ctx, d); err != nil {
		return tx.abandon(d, p, err)
	}
	done := make([]bool, len(p.record.Files))
	if err := p.commit(d, done, verify); err != nil {
		return tx.rollBack(d, p, done, err)
	}
	tx.settled, tx.wrote = p.record.Number, true
	p.finish(d)
	return nil
}

// commit installs what is staged, up to the point where it counts; done are the files that are new by then.
func (p *plan) commit(d disk.Dir, done []bool, verify func(fs.FS) error) error {
	if err := p.beginJournal(d); err != nil {
		return err
	}
	if err := p.install(d, done); err != nil {
		return err
	}
	if err := p.verify(d, verify); err != nil {
		return err
	}
	return markSettled(d, p.record.Number)
}

// abandon removes what was staged; no file was touched.
func (tx *Tx) abandon(d disk.Dir, p *plan, err error) error {
	left := removeStaged(d, &p.record)
	if left == nil && p.madeStaging {
		left = d.Remove(layout.Staging())
	}
	if left != nil {
		tx.stuck = true
		return hint.Add(fmt.Errorf("%w; and then: %w", err, left),
			"nothing was changed; the next command that writes removes the temporary files")
	}
	return err
}

// rollBack takes back what was done in this run.
func (tx *Tx) rollBack(d disk.Dir, p *plan, done []bool, err error) error {
	r := &p.record
	// An operation that failed may have been done nevertheless: over a network, the answer can be lost.
	stuck := undo(d, r, func(i int) bool { return !done[i] })
	if stuck == nil {
		stuck = markSettled(d, r.Number)
	}
	if stuck != nil {
		tx.stuck = true
		return hint.Add(fmt.Errorf("%w; and then: %w", err, stuck),
			"run the same command again: it first restores these files")
	}
	tx.settled = r.Number
	if left := removeStaged(d, r); left != nil {
		return hint.Add(fmt.Errorf("%w; and then: %w", err, left),
			"all files are unchanged; the next command that writes removes the temporary files")
	}
	return err
}

// finish cleans up after a commit. What fails there takes nothing back.
func (p *plan) finish(d disk.Dir) {
	if err := d.Sync(layout.Staging()); err != nil {
		// Nothing is removed that a power failure could ask for.
		lost := fmt.Errorf("the change is complete, but may be lost in a power failure: %w", err)
		p.report.Warnings = append(p.report.Warnings, lost)
		return
	}
	if err := removeRecord(d, &p.record); err != nil {
		remain := fmt.Errorf("the change is complete, but temporary files remain: %w", err)
		p.report.Warnings = append(p.report.Warnings, hint.Add(remain, "the next command that writes removes them"))
	}
}

// install gives every file its new content. done says which files were touched.
func (p *plan) install(d disk.Dir, done []bool) error {
	for i := range p.record.Files {
		var err error
		if done[i], err = p.installFile(d, i); err != nil {
			return p.about(i, err)
		}
	}
	return syncAll(d, p.directories())
}

func (p *plan) installFile(d disk.Dir, i int) (done bool, err error) {
	e, fresh, old := p.record.Files[i], p.record.newName(i), p.record.oldName(i)
	switch {
	case e.Before == "":
		return createFile(d, e.Path, fresh)
	case !exists(d, old):
		return p.installWithoutLinks(d, i)
	case !same(d, e.Path, old):
		return false, errEdited()
	case e.After == "":
		err = d.Remove(e.Path)
	default:
		err = d.Rename("replace", e.Path, fresh, e.Path)
	}
	return err == nil, err
}

// installWithoutLinks moves the old content away, because it could not be given a second name beforehand.
func (p *plan) installWithoutLinks(d disk.Dir, i int) (done bool, err error) {
	e := p.record.Files[i]
	if err := d.Rename("replace", e.Path, e.Path, p.record.oldName(i)); err != nil {
		return false, err
	}
	if e.After != "" {
		_, err = createFile(d, e.Path, p.record.newName(i))
	}
	return true, err
}

// createFile gives the new content a name that must be free: a link fails where a rename would replace a file
// that appeared in the meantime.
func createFile(d disk.Dir, name, fresh string) (done bool, err error) {
	err = d.Link("link", name, fresh, name)
	if err == nil {
		return true, nil
	}
	if exists(d, name) {
		return false, errEdited()
	}
	if errors.Is(err, fs.ErrExist) {
		return false, err
	}
	err = d.Rename("create", name, fresh, name) // some file systems have no links
	return err == nil, err
}

func errEdited() error { return hint.Add(ErrChanged, hintReread) }

func exists(d disk.Dir, name string) bool {
	_, err := d.Root().Lstat(name)
	return err == nil
}

// verify reads everything back, and the old content as well: an editor that wrote into a file while it was
// being replaced wrote there.
func (p *plan) verify(d disk.Dir, verify func(fs.FS) error) error {
	for i, e := range p.record.Files {
		now, err := look(d, e.Path)
		if err == nil && now.digest != e.After {
			err = errors.New("the file does not contain what was written to it")
		}
		if err == nil && e.After != "" && p.files[i].access == Private && disk.OpenToOthers(now.info) {
			err = errors.New("readable by other users: the file system does not store permissions")
		}
		if err == nil && e.Before != "" {
			err = p.verifyOld(d, i)
		}
		if err != nil {
			return fmt.Errorf("verify %s: %w", p.tx.path(e.Path), err)
		}
	}
	if verify == nil {
		return nil
	}
	if err := verify(d.Root().FS()); err != nil {
		return fmt.Errorf("verify what was written: %w", err)
	}
	return nil
}

func (p *plan) verifyOld(d disk.Dir, i int) error {
	kept, err := look(d, p.record.oldName(i))
	if err == nil && kept.digest != p.record.Files[i].Before {
		return errEdited()
	}
	return err
}
