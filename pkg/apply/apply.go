package apply

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// Apply applies a plan in its order: objects of one kind concurrently, unchanged ones not at all. Before the first
// change it announces in the inventory what is missing there: planned and held objects, and owed tasks. Only namespaces
// are created before that, because one of them holds the inventory; they are never deleted, so nothing is lost.
//
// It returns the changes that were made, also if it fails.
func (s *Session) Apply(ctx context.Context, plan []Change) ([]Change, error) {
	namespaces := 0
	for namespaces < len(plan) && plan[namespaces].Kind == "Namespace" {
		namespaces++
	}
	made, err := s.apply(ctx, plan[:namespaces])
	if err != nil {
		return made, err
	}
	if err := s.announce(ctx, plan); err != nil {
		return made, err
	}
	more, err := s.apply(ctx, plan[namespaces:])
	return append(made, more...), err
}

// apply applies kind after kind until one fails, because later kinds can depend on earlier ones.
func (s *Session) apply(ctx context.Context, plan []Change) (made []Change, err error) {
	defer func() { s.applied(made) }()
	for start := 0; start < len(plan) && err == nil; {
		end := start + 1
		for end < len(plan) && plan[end].Kind == plan[start].Kind {
			end++
		}
		errs := concurrently(ctx, end-start, func(ctx context.Context, i int) error {
			return s.applyOne(ctx, &plan[start+i])
		})
		for i, change := range plan[start:end] {
			if errs[i] == nil || change.Action == ActionUnchanged {
				made = append(made, change)
			}
		}
		err = joinWork(ctx, errs)
		start = end
	}
	return made, err
}

func (s *Session) applyOne(ctx context.Context, change *Change) (err error) {
	if change.Action == ActionUnchanged {
		return nil
	}
	if err := s.client.take(ctx, *change); err != nil {
		return err
	}
	merged, err := s.client.patch(ctx, change.desired, s.Force, nil)
	if err != nil {
		return err
	}
	change.Merged, change.NotChecked = merged, ""
	return nil
}

// patch applies one object server-side.
func (c *Client) patch(
	ctx context.Context, object *unstructured.Unstructured, force bool, dryRun []string,
) (*unstructured.Unstructured, error) {
	ref := refOf(object)
	resource, err := c.resourceOf(object)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ref, err)
	}
	text, err := object.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", ref, err)
	}
	merged, err := resource.Patch(ctx, object.GetName(), types.ApplyPatchType, text,
		metav1.PatchOptions{FieldManager: FieldManager, Force: &force, DryRun: dryRun})
	if conflict := conflictOf(ref, err); conflict != nil {
		return nil, conflict
	}
	if err != nil {
		return nil, fmt.Errorf("apply %s: %w", ref, err)
	}
	return merged, nil
}
