package apply

import (
	"context"
	"errors"
	"fmt"
)

// Delete deletes objects by name, in the given order, no matter which manager applied them. An object without the
// mesh's labels, or of a kind that is never deleted, is kept and reported as an error. Delete returns the objects that
// no longer exist, also if it fails.
func (s *Session) Delete(ctx context.Context, refs []Ref) ([]Entry, error) {
	var gone []Entry
	var errs []error
	for _, ref := range refs {
		if err := ctx.Err(); err != nil {
			errs = append(errs, err)
			break
		}
		entry, err := s.deleteOne(ctx, ref)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		gone = append(gone, entry)
	}
	s.deleted(gone)
	return gone, errors.Join(errs...)
}

func (s *Session) deleteOne(ctx context.Context, ref Ref) (Entry, error) {
	live, err := s.client.get(ctx, ref)
	if err != nil || live == nil {
		return Entry{Ref: ref}, err
	}
	entry := Entry{Ref: ref, UID: string(live.GetUID())}
	keep := neverDeleted(ref)
	if keep == "" {
		keep = s.missingLabel(live)
	}
	if keep != "" {
		return Entry{}, fmt.Errorf("%s is kept: %s", ref, keep)
	}
	return entry, s.client.delete(ctx, entry)
}
