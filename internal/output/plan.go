package output

import (
	"os"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
)

// plan is what a run would do, decided before anything is changed.
type plan struct {
	dir         string
	opts        Options
	items       []item
	directories directories
	lock        lockFile
	next        lock // what mesh.lock has to say in the end
	refusals    []refusal
}

func newPlan(dir string, root *os.Root, tree layout.Tree, opts Options) (*plan, error) {
	old, err := readLock(root)
	if err != nil {
		return nil, err
	}
	p := &plan{dir: dir, opts: opts, lock: old, items: items(tree, old.entries)}
	if err := p.prepare(root); err != nil {
		return nil, err
	}
	p.next = p.nextLock()
	return p, nil
}

// prepare looks at what is on the disk, and decides about every item.
func (p *plan) prepare(root *os.Root) error {
	p.directories = directoriesOf(p.items)
	if err := p.survey(root); err != nil {
		return err
	}
	if err := p.look(root); err != nil {
		return err
	}
	for i := range p.items {
		p.decide(&p.items[i])
	}
	return nil
}

// nextLock lists the tree, and what lies outside of the scope as before.
func (p *plan) nextLock() lock {
	next := make(lock, len(p.lock.entries))
	next.merge(p.lock.entries)
	for i := range p.items {
		it := &p.items[i]
		delete(next, it.path)
		if !it.stale {
			next.add(it.path, it.want)
		}
	}
	return next
}

// transition is what mesh.lock says while the renames are under way: it covers the tree as it
// was and as it will be, so the next run knows every file as ours at whatever point this one
// is killed. That holds for a file, too, that this run is forced to replace.
func (p *plan) transition() lock {
	both := make(lock, len(p.next))
	both.merge(p.next)
	both.merge(p.lock.entries)
	for i := range p.items {
		if it := &p.items[i]; it.found == foundOther {
			both.add(it.path, it.has)
		}
	}
	return both
}

func (p *plan) nothingToDo() bool {
	return p.lockIsRight() && !slices.ContainsFunc(p.items, func(it item) bool {
		return it.action == actWrite || it.action == actRemove
	})
}

func (p *plan) lockIsRight() bool {
	return p.next.same(p.lock.entries) && !(p.opts.Private && p.lock.open)
}

// removes reports whether path is a stale file, which a run takes away before anything else.
func (p *plan) removes(path string) bool {
	i, found := slices.BinarySearchFunc(p.items, path, func(it item, path string) int {
		return strings.Compare(it.path, path)
	})
	return found && p.items[i].stale
}

func (p *plan) report() Report {
	var r Report
	for i := range p.items {
		switch it := &p.items[i]; it.action {
		case actWrite:
			r.Written = append(r.Written, it.path)
		case actKeep:
			r.Unchanged = append(r.Unchanged, it.path)
		case actRemove:
			r.Removed = append(r.Removed, it.path)
		case actNothing:
		}
	}
	return r
}
