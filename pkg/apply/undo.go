package apply

import (
	"context"
	"errors"
)

// Undo deletes what this session created of a plan, in reverse order: also a Namespace with everything in it. Objects
// that were replaced meanwhile are kept.
func (s *Session) Undo(ctx context.Context, made []Change) error {
	var errs []error
	for i := len(made) - 1; i >= 0; i-- {
		change := made[i]
		if change.Action != ActionCreate {
			continue
		}
		entry := Entry{Ref: change.Ref, UID: string(change.Merged.GetUID())}
		if err := s.client.delete(ctx, entry); err != nil {
			errs = append(errs, err)
			continue
		}
		s.deleted([]Entry{entry})
	}
	return errors.Join(errs...)
}
