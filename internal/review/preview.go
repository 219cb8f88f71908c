package review

import (
	"context"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
)

// Preview says what a change of a workspace would mean that was not made yet. Both sides are of the same directory, and
// their meshes are sound.
func Preview(ctx context.Context, base, head *workspace.Public) (Result, error) {
	before, err := newSide(base)
	if err != nil {
		return Result{}, err
	}
	after, err := newSide(head)
	if err != nil {
		return Result{}, err
	}
	objects, err := rendered(ctx, before, after)
	if err != nil {
		return Result{}, err
	}
	found := placed(changes.Compare(before.Side, after.Side, objects), head.Name)
	return Result{Mesh: after.Summary.Mesh, File: head.Name, Members: [][]string{clustersOf(before), clustersOf(after)},
		Changes: found, Objects: objects.Count()}, ctx.Err()
}

// Entries are the changes alone, for a terminal, without the heading of a review.
func (r Result) Entries() string {
	entries := changes.Fold(r.Changes)
	s := r.style(plainStyle())
	texts := make([]string, len(entries))
	for i, entry := range entries {
		texts[i] = s.entry(entry)
	}
	return s.sections(entries, texts)
}
