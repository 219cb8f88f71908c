package review

import (
	"context"

	"github.com/kubectl-mesh/kubectl-mesh/internal/workspace"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
)

// Preview explains a change of a workspace before it is made. Both sides have the same directory and valid meshes.
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

// Entries returns only the changes, for a terminal, without the heading of a review.
func (r Result) Entries() string {
	entries := changes.Fold(r.Changes)
	s := r.style(plainStyle())
	texts := make([]string, len(entries))
	for i, entry := range entries {
		texts[i] = s.entry(entry)
	}
	return s.sections(entries, texts)
}
