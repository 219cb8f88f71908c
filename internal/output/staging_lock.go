package output

// The three versions of mesh.lock that a run may need. All are written beforehand: a full disk
// can then not keep a run from going on, or back.
const (
	lockDuring = "lock.during"
	lockAfter  = "lock.after"
	lockBefore = "lock.before"
)

func (s *staging) writeLocks(p *plan) error {
	mode := p.opts.fileMode()
	if err := s.disk.Write(s.path(lockDuring), p.transition().format(), mode); err != nil {
		return err
	}
	if err := s.disk.Write(s.path(lockAfter), p.next.format(), mode); err != nil {
		return err
	}
	if p.lock.text == nil {
		return nil
	}
	return s.disk.Write(s.path(lockBefore), p.lock.text, mode)
}

// beginLock puts the lock in place that covers the tree before and after.
func (s *staging) beginLock(p *plan, j *journal) error {
	// mesh.lock is replaced by one rename, never moved away first: without it, even for a
	// moment, every file of the tree would look like another author's.
	if err := s.disk.Rename("write", lockName, s.path(lockDuring), lockName); err != nil {
		return err
	}
	j.add(func() error {
		if p.lock.text == nil {
			return s.disk.Remove(lockName)
		}
		return s.disk.Rename("restore", lockName, s.path(lockBefore), lockName)
	})
	return nil
}

// endLock puts the final lock in place; it is the last step of a commit, so that nothing is
// left to undo.
func (s *staging) endLock() error {
	return s.disk.Rename("write", lockName, s.path(lockAfter), lockName)
}
