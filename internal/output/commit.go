package output

import (
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/kubectl-mesh/kubectl-mesh/internal/disk"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// install carries out a plan that nothing speaks against.
func install(d disk.Dir, p *plan) error {
	s, err := newStaging(d)
	if err != nil {
		return err
	}
	if err := s.fill(p); err != nil {
		return s.abandon(err)
	}
	j := &journal{}
	if err := s.commit(p, j); err != nil {
		if stuck := j.rollback(); stuck != nil {
			old := filepath.Join(p.dir, s.name, "old")
			return hint.Errorf("run the command again to complete the tree; replaced files are kept in "+old,
				"%w; and then: %w", err, stuck)
		}
		return s.abandon(err)
	}
	if err := s.remove(); err != nil {
		return hint.Add(err, "the tree is complete; the next run removes this temporary directory")
	}
	return nil
}

// abandon removes the staging directory after a failure.
func (s *staging) abandon(err error) error {
	if left := s.remove(); left != nil {
		return hint.Errorf("the tree is unchanged; the next run removes this temporary directory",
			"%w; and then: %w", err, left)
	}
	return err
}

// commit puts everything in its place. Stale files go first: one of them may be where a directory
// must be, or the reverse.
func (s *staging) commit(p *plan, j *journal) error {
	if err := s.beginLock(p, j); err != nil {
		return err
	}
	if err := s.takeStale(p, j); err != nil {
		return err
	}
	if err := s.removeEmpty(p, j); err != nil {
		return err
	}
	if err := s.putNew(p, j); err != nil {
		return err
	}
	return s.endLock()
}

func (s *staging) takeStale(p *plan, j *journal) error {
	for i := range p.items {
		if it := &p.items[i]; it.action == actRemove {
			if err := j.rename(s.disk, "remove", it.path, it.path, s.nextOld()); err != nil {
				return err
			}
		}
	}
	return nil
}

// removeEmpty removes the directories that held nothing but stale files.
func (s *staging) removeEmpty(p *plan, j *journal) error {
	for _, dir := range p.directories.emptied() {
		err := s.disk.Remove(dir)
		if errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
			continue // it contains unmanaged files, or another process was faster
		}
		if err != nil {
			return err
		}
		mode := p.directories[dir].info.Mode()
		j.add(func() error {
			if err := s.disk.Mkdir(dir, mode.Perm()); err != nil {
				return err
			}
			return s.disk.Chmod(dir, mode) // whatever the umask
		})
	}
	return nil
}

// putNew renames the new files into place, directory by directory.
func (s *staging) putNew(p *plan, j *journal) error {
	puts := p.puts()
	groups := byDirectory(puts, func(*item) bool { return true })
	return disk.Each(workers, len(groups), func(i int) error {
		for _, it := range groups[i].items {
			if err := s.put(it, j); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *staging) put(it *item, j *journal) error {
	if it.replaces() {
		if err := j.rename(s.disk, "replace", it.path, it.path, s.nextOld()); err != nil {
			return err
		}
	}
	return j.rename(s.disk, "write", it.path, s.fresh(it.path), it.path)
}

// puts lists what putNew renames: files, and in the place of many files the directory that holds
// them if there is none yet. That makes a first run a matter of a few renames.
func (p *plan) puts() []item {
	var list []item
	last := ""
	for _, it := range p.items {
		if it.action != actWrite {
			continue
		}
		top := p.directories.topMissing(it.path)
		if top == last {
			continue
		}
		last = top
		if top != it.path {
			it = item{path: top}
		}
		list = append(list, it)
	}
	return list
}
