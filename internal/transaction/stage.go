package transaction

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// stage puts everything on the disk that the steps after it need, so that a full disk can neither stop them
// nor keep them from being taken back.
func (p *plan) stage(ctx context.Context, d disk.Dir) error {
	if err := p.makeStaging(d); err != nil {
		return err
	}
	if err := p.writePlan(d); err != nil {
		return err
	}
	for _, dir := range p.record.Directories {
		if err := d.Mkdir(dir, p.create[dir].dirMode()); err != nil {
			return err
		}
	}
	for i := range p.record.Files {
		if err := p.keepOld(d, i); err != nil {
			return p.about(i, err)
		}
	}
	tasks := p.durableTasks(d)
	return disk.Each(workers, len(tasks), func(i int) error {
		if ctx.Err() != nil {
			return fmt.Errorf("write the workspace: %w", context.Cause(ctx))
		}
		return tasks[i]()
	})
}

// writePlan leaves the sync to durableTasks: the plan must be there before what it lists, and on the disk
// only before it becomes the journal.
func (p *plan) writePlan(d disk.Dir) error {
	text, err := p.record.encode()
	if err != nil {
		return err
	}
	return d.Quick().Write(staged(planFile), text, 0o600)
}

// durableTasks are what waits for the disk. Together they wait hardly longer than each alone.
func (p *plan) durableTasks(d disk.Dir) []func() error {
	tasks := []func() error{
		func() error { return d.SyncFile(staged(planFile)) },
		func() error { return writeNext(d, p.record.Number) },
	}
	for i, e := range p.record.Files {
		if e.After == "" {
			continue
		}
		tasks = append(tasks, func() error {
			return p.about(i, d.Write(p.record.newName(i), p.files[i].content, p.files[i].access.fileMode()))
		})
	}
	for _, dir := range p.replacedIn() {
		tasks = append(tasks, func() error { return d.Sync(dir) })
	}
	return tasks
}

// replacedIn lists the directories in which files are replaced or removed: their second names have to last before
// their first ones are taken.
func (p *plan) replacedIn() []string {
	var dirs []string
	for _, e := range p.record.Files {
		if e.Before != "" {
			dirs = append(dirs, path.Dir(e.Path))
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(dirs)))
}

func (p *plan) about(i int, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("write %s: %w", p.tx.path(p.record.Files[i].Path), err)
}

func (p *plan) makeStaging(d disk.Dir) error {
	err := d.Mkdir(layout.Staging(), 0o755)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if p.madeStaging = err == nil; err != nil {
		return err
	}
	return errors.Join(d.Sync(layout.StateDir), d.Sync("."))
}

func writeNext(d disk.Dir, number uint64) error {
	return d.Write(staged(nextFile), []byte(strconv.FormatUint(number, 10)+"\n"), 0o644)
}

// keepOld gives the content that a file has now a second name.
func (p *plan) keepOld(d disk.Dir, i int) error {
	e, old := p.record.Files[i], p.record.oldName(i)
	if e.Before == "" {
		return nil
	}
	err := d.Link("keep", e.Path, e.Path, old)
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	if err != nil {
		return nil //nolint:nilerr // without links the file is moved away when its turn comes
	}
	return p.verifyOld(d, i)
}

func syncAll(d disk.Dir, dirs []string) error {
	dirs = slices.Compact(slices.Sorted(slices.Values(dirs)))
	return disk.Each(workers, len(dirs), func(i int) error { return d.Sync(dirs[i]) })
}

// beginJournal is the step after which files may be half changed.
func (p *plan) beginJournal(d disk.Dir) error {
	if err := d.Rename("begin", staged(journalFile), staged(planFile), staged(journalFile)); err != nil {
		return err
	}
	return d.Sync(layout.Staging())
}
