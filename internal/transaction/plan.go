package transaction

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/leaks"
)

const (
	hintMove   = "move it to another directory: kubectl mesh replaces only regular files, and does not follow links"
	hintReread = "run the same command again: it then uses the current files"
)

// plan is what a commit will do, decided before anything is changed.
type plan struct {
	tx       *Tx
	record   record
	files    []change // beside record.Files
	parents  parentDirs
	create   map[string]Access // missing directories, and who may read them
	report   Report
	scanner  *leaks.Scanner
	problems []error
	// madeStaging: the staging directory did not exist before.
	madeStaging bool
}

// newPlan checks everything at once, so that one error contains all reasons to refuse.
func newPlan(tx *Tx) (*plan, error) {
	p := &plan{
		tx: tx, parents: parentDirs{}, create: map[string]Access{}, scanner: leaks.New(), problems: slices.Clone(tx.problems),
	}
	names := slices.Sorted(maps.Keys(tx.changes))
	p.checkTogether(names)
	for _, name := range names {
		if err := checkName(name); err != nil {
			p.problems = append(p.problems, err)
			continue
		}
		p.add(name, tx.changes[name])
	}
	for _, name := range slices.Sorted(maps.Keys(tx.expected)) {
		p.compare(name, tx.expected[name])
	}
	p.record.Number, p.record.Command = tx.settled+1, tx.opts.Command
	p.record.Directories = slices.Sorted(maps.Keys(p.create))
	return p, errors.Join(p.problems...)
}

func (p *plan) refuse(name, remedy, reason string) {
	p.problems = append(p.problems, hint.Errorf(remedy, "%s: %s", p.tx.path(name), reason))
}

// checkTogether rejects names that cannot coexist on every file system.
func (p *plan) checkTogether(names []string) {
	files := map[string]string{} // by the name in lower case
	for _, name := range names {
		if p.tx.changes[name].remove {
			continue
		}
		if other, taken := files[strings.ToLower(name)]; taken {
			p.refuse(name, hintName, "differs from "+p.tx.path(other)+" only in case")
		}
		files[strings.ToLower(name)] = name
	}
	for _, name := range names {
		for parent := range parents(name) {
			if file, taken := files[strings.ToLower(parent)]; taken {
				p.refuse(name, hintName, p.tx.path(file)+" is a file in the same change")
			}
		}
	}
}

// add checks a file and its directories.
func (p *plan) add(name string, c change) {
	if c.access == Public && !c.remove {
		if err := leaks.Refuse(p.scanner.Scan(p.tx.path(name), c.content)); err != nil {
			p.problems = append(p.problems, err)
			return
		}
	}
	if !p.checkParents(name, c.access) {
		return
	}
	now, err := p.look(name)
	if err != nil {
		p.problems = append(p.problems, err)
		return
	}
	p.decide(name, c, now)
}

func (p *plan) look(name string) (state, error) {
	now, err := look(p.tx.disk, name)
	if way := errInTheWay(""); errors.As(err, &way) {
		return now, hint.Errorf(hintMove, "%s: %s", p.tx.path(name), way)
	}
	return now, err
}

func (p *plan) decide(name string, c change, now state) {
	e := entry{Path: name, Before: now.digest}
	switch {
	case c.remove && now.info == nil:
		return
	case c.remove:
		p.report.Removed = append(p.report.Removed, name)
	default:
		e.After = digestOf(c.content)
		exposed := c.access == Private && now.info != nil && disk.OpenToOthers(now.info)
		if e.After == e.Before && !exposed {
			p.report.Unchanged = append(p.report.Unchanged, name)
			return
		}
		p.report.Written = append(p.report.Written, name)
	}
	p.record.Files, p.files = append(p.record.Files, e), append(p.files, c)
	if c.remove {
		return
	}
	for parent := range parents(name) {
		if p.parents[parent].info == nil {
			p.create[parent] = max(p.create[parent], c.access)
		}
	}
}

// compare rejects a file that differs from what the caller has read.
func (p *plan) compare(name string, before []byte) {
	if err := checkName(name); err != nil {
		p.problems = append(p.problems, err)
		return
	}
	now, err := p.look(name)
	switch {
	case err != nil:
		p.problems = append(p.problems, err)
	case before == nil && now.info != nil:
		p.problems = append(p.problems, hint.Errorf(hintReread, "%s: %w: it did not exist", p.tx.path(name), ErrChanged))
	case before != nil && now.info == nil:
		p.problems = append(p.problems, hint.Errorf(hintReread, "%s: %w: it was removed", p.tx.path(name), ErrChanged))
	case before != nil && now.digest != digestOf(before):
		p.problems = append(p.problems, hint.Errorf(hintReread, "%s: %w", p.tx.path(name), ErrChanged))
	}
}
