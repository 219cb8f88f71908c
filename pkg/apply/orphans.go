package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
)

// Orphan is an object in the inventory that is no longer part of the mesh.
type Orphan struct {
	Entry
	// Keep explains why it is not deleted; empty if it may be deleted.
	Keep string
	// Gone is set if it no longer exists.
	Gone bool
}

// Orphans returns the objects of the inventory that are neither in the plan, which must contain all objects of the mesh
// in this cluster, nor held, in the order in which Prune deletes them. It changes nothing.
func (s *Session) Orphans(ctx context.Context, plan []Change) ([]Orphan, error) {
	stored, err := s.inventory(ctx)
	if err != nil {
		return nil, err
	}
	var orphans []Orphan
	for _, entry := range stored.entries {
		isPlanned := slices.ContainsFunc(plan, func(change Change) bool { return sameObject(change.Ref, entry.Ref) })
		if !isPlanned && !s.isHeld(entry.Ref) {
			orphans = append(orphans, Orphan{Entry: entry})
		}
	}
	errs := concurrently(ctx, len(orphans), func(ctx context.Context, i int) error { return s.inspect(ctx, &orphans[i]) })
	if err := joinWork(ctx, errs); err != nil {
		return nil, err
	}
	slices.SortStableFunc(orphans, func(a, b Orphan) int { return pruneRank(a.Ref) - pruneRank(b.Ref) })
	return orphans, nil
}

// sameObject ignores the API version, which does not distinguish objects.
func sameObject(a, b Ref) bool {
	return groupKind(a) == groupKind(b) && a.Namespace == b.Namespace && a.Name == b.Name
}

func groupKind(ref Ref) schema.GroupKind {
	return schema.FromAPIVersionAndKind(ref.APIVersion, ref.Kind).GroupKind()
}

// inspect decides whether an object may be deleted.
func (s *Session) inspect(ctx context.Context, orphan *Orphan) error {
	if orphan.Keep = neverDeleted(orphan.Ref); orphan.Keep != "" {
		return nil
	}
	live, err := s.client.get(ctx, orphan.Ref)
	switch {
	case err != nil:
		return err
	case live == nil:
		orphan.Gone = true
	case orphan.UID == "":
		orphan.Keep = "an interrupted run announced it"
	case string(live.GetUID()) != orphan.UID:
		orphan.Keep = "it was replaced: its UID is not the one in the inventory"
	default:
		orphan.Keep = s.missingLabel(live)
	}
	return nil
}

// neverDeleted explains why objects of this kind or name are never deleted; empty if they may be.
func neverDeleted(ref Ref) string {
	switch {
	case pruneRank(ref) < 0:
		return "kind " + ref.Kind + " is never deleted"
	case (ref.Kind == "Secret" || ref.Kind == "ExternalSecret") && ref.Name == access.SigningSecret:
		return "the signing certificate is never deleted"
	case ref.Kind == "ConfigMap" && ref.Name == access.FleetOptions:
		return "it also contains options that do not belong to the mesh"
	}
	return ""
}

// missingLabel returns a label of the mesh that an object lacks; empty if it has all.
func (s *Session) missingLabel(live *unstructured.Unstructured) string {
	has := live.GetLabels()
	for _, key := range sortedKeys(s.Labels) {
		if has[key] != s.Labels[key] {
			return fmt.Sprintf("it no longer has the label %s=%s", key, s.Labels[key])
		}
	}
	return ""
}

// get returns an object; nil if the object or its kind does not exist.
func (c *Client) get(ctx context.Context, ref Ref) (*unstructured.Unstructured, error) {
	resource, err := c.resource(schema.FromAPIVersionAndKind(ref.APIVersion, ref.Kind), ref.Namespace)
	if _, missing := errors.AsType[*MissingKinds](err); missing {
		return nil, nil // deleting a CRD deletes all objects of its kind
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ref, err)
	}
	live, err := resource.Get(ctx, ref.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", ref, err)
	}
	return live, nil
}
