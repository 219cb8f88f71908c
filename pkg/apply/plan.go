package apply

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// NoNamespace is why an object whose namespace is created with it is not checked.
func NoNamespace(name string) string { return "namespace " + name + " does not exist yet" }

// Plan asks the API server what applying the objects would do. Nothing is changed. All errors are reported together.
// With any of them the changes are not to be applied; where the error is a *MissingKinds they are right otherwise.
func (s *Session) Plan(ctx context.Context, objects []render.Object) ([]Change, error) {
	changes := make([]Change, len(objects))
	var errs []error
	created := map[string]bool{} // namespaces that do not exist yet
	namespaces := 0
	for ; namespaces < len(objects) && *objects[namespaces].GetKind() == "Namespace"; namespaces++ {
		change, err := s.plan(ctx, objects[namespaces], nil)
		changes[namespaces], errs = change, append(errs, err)
		created[*objects[namespaces].GetName()] = change.Action == ActionCreate
	}
	errs = append(errs, concurrently(ctx, len(objects)-namespaces, func(ctx context.Context, i int) (err error) {
		changes[namespaces+i], err = s.plan(ctx, objects[namespaces+i], created)
		return err
	})...)
	if err := ctx.Err(); err != nil {
		return nil, err // the others say the same
	}
	return changes, joinErrors(errs)
}

// plan asks for one object. The API server cannot be asked for an object in a namespace that is created with it, nor
// for one of a kind that the cluster lacks. Neither exists, so both are to be created.
func (s *Session) plan(ctx context.Context, object render.Object, created map[string]bool) (Change, error) {
	sent, err := desired(object)
	if err != nil {
		return Change{}, err
	}
	change := Change{Ref: refOf(sent), Action: ActionCreate, Merged: sent, desired: sent}
	resource, err := s.client.resourceOf(sent)
	if missing, ok := errors.AsType[*MissingKinds](err); ok {
		change.NotChecked = missing.Error()
		return change, missing
	}
	if err != nil {
		return Change{}, fmt.Errorf("%s: %w", change.Ref, err)
	}
	if created[sent.GetNamespace()] {
		change.NotChecked = NoNamespace(sent.GetNamespace())
		return change, nil
	}
	live, err := resource.Get(ctx, sent.GetName(), metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
	case err != nil:
		return change, fmt.Errorf("read %s: %w", change.Ref, err)
	default:
		change.Live, change.Action = live, ActionConfigure
	}
	return change, s.dryRun(ctx, &change)
}

// dryRun completes the plan of an object with what the API server makes of it.
func (s *Session) dryRun(ctx context.Context, change *Change) (err error) {
	if change.takeover, err = takeover(change.Live, change.desired); err != nil {
		return err
	}
	dry := []string{metav1.DryRunAll}
	change.Merged, err = s.client.patch(ctx, change.desired, s.Force, dry)
	if conflict, ok := errors.AsType[*Conflict](err); ok && change.takeover != nil && conflict.isWithPipeAlone() {
		change.Merged, err = s.client.patch(ctx, change.desired, true, dry) // the result after the takeover
	}
	if err == nil && change.Live != nil && change.takeover == nil && same(change.Live, change.Merged) {
		change.Action = ActionUnchanged
	}
	return err
}
