package apply

import (
	"context"
	"slices"
)

// Hold registers objects of the mesh in this cluster that cannot be planned yet, because a credential does not exist.
// They are announced with the first change and are never orphans, so nothing deletes them.
func (s *Session) Hold(refs ...Ref) { s.held = append(s.held, refs...) }

// isHeld ignores the API version, which does not distinguish objects.
func (s *Session) isHeld(ref Ref) bool {
	return slices.ContainsFunc(s.held, func(held Ref) bool { return sameObject(held, ref) })
}

// announce adds objects to the inventory before they are created.
func (s *Session) announce(ctx context.Context, plan []Change) error {
	err := s.update(ctx, func(i inventory) inventory {
		i.entries = announced(i.entries, plan, s.held)
		for _, task := range s.owed {
			i.due = owe(i.due, task)
		}
		return i
	})
	if err != nil {
		return err
	}
	s.owed = nil
	return nil
}

// announced returns the entries before a plan is applied: the existing ones and the new ones.
func announced(entries []Entry, plan []Change, held []Ref) []Entry {
	for _, change := range plan {
		entry := Entry{Ref: change.Ref}
		if change.Live != nil {
			entry.UID = string(change.Live.GetUID())
		}
		entries = put(entries, entry)
	}
	for _, ref := range held {
		if !slices.ContainsFunc(entries, func(entry Entry) bool { return entry.Ref == ref }) {
			entries = append(entries, Entry{Ref: ref})
		}
	}
	sortEntries(entries)
	return entries
}
