package apply

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// NoNamespace explains why an object in a namespace that does not exist yet is not checked.
func NoNamespace(name string) string { return "namespace " + name + " does not exist yet" }

// Plan dry-runs the objects against the API server without changing anything. It reports all errors together. After an
// error the changes must not be applied; if the error is a *MissingKinds, they are otherwise correct.
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
		return nil, err // all others would fail the same way
	}
	return changes, joinErrors(errs)
}

// plan plans one object. The API server can dry-run neither objects in a namespace that is created with them, nor
// objects of a missing kind. Neither exist, so both are created.
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

// dryRun adds what the API server would make of an object.
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
