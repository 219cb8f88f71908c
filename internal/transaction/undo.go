package transaction

import (
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// step is what it takes to restore one file.
type step int

const (
	stepNone    step = iota // the file is as it was
	stepRestore             // its old content gets its name back
	stepRemove              // there was no file
)

// undo restores every file. It looks at all of them before it changes one, and can be interrupted and done
// again. untouched says that the transaction is known not to have changed a file: what is there is left alone.
func undo(d disk.Dir, r *record, untouched func(i int) bool) error {
	steps := make([]step, len(r.Files))
	var problems []error
	for i := range r.Files {
		var err error
		if steps[i], err = r.stepFor(d, i); err != nil && !untouched(i) {
			problems = append(problems, fmt.Errorf("restore %s: %w", r.Files[i].Path, err))
		}
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	for i, step := range slices.Backward(steps) {
		if err := r.apply(d, i, step); err != nil {
			return err
		}
	}
	return r.syncRestored(d, steps)
}

// stepFor decides by what is on the disk now.
func (r *record) stepFor(d disk.Dir, i int) (step, error) {
	e := r.Files[i]
	now, err := look(d, e.Path)
	if way := errInTheWay(""); errors.As(err, &way) {
		return stepNone, hint.Add(err, hintConflict)
	}
	if err != nil {
		return stepNone, err
	}
	if e.Before == "" {
		return r.stepForCreated(d, i, now)
	}
	old := r.oldName(i)
	switch {
	case !exists(d, old), same(d, e.Path, old):
		return stepNone, nil // not yet replaced, or restored already
	case now.info == nil, now.digest == e.After:
		return stepRestore, nil
	case now.digest == e.Before:
		return stepNone, nil // it was restored by other means
	}
	return stepNone, hint.New(hintConflict, "changed by another program since")
}

func (r *record) stepForCreated(d disk.Dir, i int, now state) (step, error) {
	fresh := r.newName(i)
	switch {
	case now.info == nil:
		return stepNone, nil
	case now.digest == r.Files[i].After && (same(d, r.Files[i].Path, fresh) || !exists(d, fresh)):
		return stepRemove, nil
	case now.digest == r.Files[i].After:
		return stepNone, nil // another file with the same content
	}
	return stepNone, hint.New(hintConflict, "changed by another program since")
}

const hintConflict = "move the file out of the workspace, and run the same command again"

func (r *record) apply(d disk.Dir, i int, s step) error {
	name := r.Files[i].Path
	switch s {
	case stepRestore:
		return d.Rename("restore", name, r.oldName(i), name)
	case stepRemove:
		return d.Remove(name)
	case stepNone:
	}
	return nil
}

func (r *record) syncRestored(d disk.Dir, steps []step) error {
	var dirs []string
	for i, s := range steps {
		if s != stepNone {
			dirs = append(dirs, path.Dir(r.Files[i].Path))
		}
	}
	return syncAll(d, dirs)
}
