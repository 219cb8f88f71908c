package apply

import (
	"context"
	"slices"
)

// Settle updates the inventory with the state of the cluster: applied objects with their UIDs, without deleted objects
// and finished tasks. It also works, within seconds, after ctx has ended, and writes nothing if the inventory is up to
// date.
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

// settled returns an inventory with the outcomes applied.
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
