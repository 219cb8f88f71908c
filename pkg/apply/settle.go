package apply

import (
	"context"
	"slices"
)

// Settle has the inventory say what the cluster has now: what was applied, with its UID, without what was deleted, and
// without owed work that is finished. It is done also where ctx has ended, within seconds, and writes nothing where the
// inventory says so already.
func (s *Session) Settle(ctx context.Context) error {
	if len(s.done) == 0 {
		return nil
	}
	ctx, cancel := settling(ctx)
	defer cancel()
	if err := s.update(ctx, func(i inventory) inventory { return settled(i, s.done) }); err != nil {
		return err
	}
	s.done = nil
	return nil
}

// settled is an inventory after what was done.
func settled(i inventory, done []outcome) inventory {
	for _, one := range done {
		switch {
		case one.finished != "":
			i.due = slices.DeleteFunc(i.due, func(task Task) bool { return task.Name == one.finished })
		case one.deleted:
			i.entries = remove(i.entries, one.entry.Ref)
		default:
			i.entries = put(i.entries, one.entry)
		}
	}
	sortEntries(i.entries)
	return i
}
