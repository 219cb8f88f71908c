package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// Action is what happens to an object.
type Action string

// The actions.
const (
	ActionCreate    Action = "create"
	ActionConfigure Action = "configure"
	ActionUnchanged Action = "unchanged"
	ActionPrune     Action = "prune"
)

// Change is what applying an object does, or would do.
type Change struct {
	Ref    `json:",inline"`
	Action Action `json:"action"`
	// NotChecked says why the API server could not be asked yet; empty when it was. Action is a guess then.
	NotChecked string `json:"notChecked,omitempty"`
	// APIServer is the API server and the CA that a remote secret gives a credential to, where the caller fills it in.
	APIServer string `json:"apiServer,omitempty"`
	// Live is the object as it is, nil when there is none; Merged as it comes out. Both hold
	// what the API server holds, secrets included: they are for comparing, never for printing.
	Live, Merged *unstructured.Unstructured `json:"-"`
	// desired is what is sent, takeover the patch that goes before it: see there.
	desired  *unstructured.Unstructured
	takeover []byte
}

// NoNamespace is why an object in a namespace that comes with it is not checked.
func NoNamespace(name string) string { return "namespace " + name + " does not exist yet" }

// Conflict says that others own fields that we would change.
type Conflict struct {
	Ref    Ref
	Fields []FieldConflict
}

// FieldConflict is one field and who owns it, in the API server's words.
type FieldConflict struct{ Field, Owner string }

func (c *Conflict) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %d of its fields belong to others", c.Ref, len(c.Fields))
	for _, field := range c.Fields {
		fmt.Fprintf(&text, "\n  %s: %s", field.Field, field.Owner)
	}
	return text.String()
}

// Plan asks the API server what applying the objects would do. Nothing is changed. All errors are reported
// together. With any the changes are not to be applied; where the error is a *MissingKinds they say all else.
func (c *Client) Plan(ctx context.Context, objects []render.Object, force bool) ([]Change, error) {
	changes, errs := make([]Change, len(objects)), make([]error, len(objects))
	coming := map[string]bool{} // namespaces that do not exist yet
	namespaces := 0
	for ; namespaces < len(objects) && *objects[namespaces].GetKind() == "Namespace"; namespaces++ {
		changes[namespaces], errs[namespaces] = c.plan(ctx, objects[namespaces], force, nil)
		coming[*objects[namespaces].GetName()] = changes[namespaces].Action == ActionCreate
	}
	each(ctx, len(objects)-namespaces, func(i int) {
		i += namespaces
		changes[i], errs[i] = c.plan(ctx, objects[i], force, coming)
	})
	if err := ctx.Err(); err != nil {
		return nil, err // what the others say is that too
	}
	return changes, joinErrors(errs)
}

// plan asks for one object. An object in a namespace that comes with it cannot be asked for, and neither can
// one of a kind that the cluster lacks; there is nothing there, so it is to be created.
func (c *Client) plan(ctx context.Context, object render.Object, force bool, coming map[string]bool) (Change, error) {
	if err := ctx.Err(); err != nil {
		return Change{}, err
	}
	sent, err := desired(object)
	if err != nil {
		return Change{}, err
	}
	change := Change{Ref: refOf(sent), Action: ActionCreate, desired: sent}
	resource, err := c.resourceOf(sent)
	if missing, ok := errors.AsType[*MissingKinds](err); ok {
		change.Merged, change.NotChecked = sent, missing.Error()
		return change, missing
	}
	if err != nil {
		return Change{}, fmt.Errorf("%s: %w", change.Ref, err)
	}
	if coming[sent.GetNamespace()] {
		change.Merged, change.NotChecked = sent, NoNamespace(sent.GetNamespace())
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
	if change.takeover, err = takeover(change.Live, sent); err != nil {
		return change, err
	}
	change.Merged, err = c.patch(ctx, sent, force, []string{metav1.DryRunAll})
	if conflict, ok := errors.AsType[*Conflict](err); ok && change.takeover != nil && conflict.isWithPipeAlone() {
		change.Merged, err = c.patch(ctx, sent, true, []string{metav1.DryRunAll}) // what comes out once they are taken over
	}
	if err != nil {
		return change, err
	}
	if change.Live != nil && change.takeover == nil && same(change.Live, change.Merged) {
		change.Action = ActionUnchanged
	}
	return change, nil
}

// Apply does what a plan says, in its order: objects of one rank at once, unchanged ones not at
// all. It returns the changes that were made, also when it fails.
func (c *Client) Apply(ctx context.Context, plan []Change, force bool) ([]Change, error) {
	done, errs := make([]bool, len(plan)), make([]error, len(plan))
	for start := 0; start < len(plan); {
		end := start + 1
		for end < len(plan) && plan[end].Kind == plan[start].Kind {
			end++
		}
		each(ctx, end-start, func(i int) {
			i += start
			if plan[i].Action == ActionUnchanged || ctx.Err() != nil {
				done[i] = plan[i].Action == ActionUnchanged
				return
			}
			if errs[i] = c.take(ctx, plan[i]); errs[i] == nil {
				plan[i].Merged, errs[i] = c.patch(ctx, plan[i].desired, force, nil)
			}
			if done[i] = errs[i] == nil; done[i] {
				plan[i].NotChecked = ""
			}
		})
		if errors.Join(errs...) != nil || ctx.Err() != nil {
			break // what follows may depend on what failed
		}
		start = end
	}
	var made []Change
	for i, change := range plan {
		if done[i] {
			made = append(made, change)
		}
	}
	return made, errors.Join(append(errs, ctx.Err())...)
}

// patch applies one object server-side.
func (c *Client) patch(ctx context.Context, object *unstructured.Unstructured, force bool, dryRun []string) (*unstructured.Unstructured, error) {
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

// conflictOf finds the fields and their owners in the API server's answer; nil when it is none.
func conflictOf(ref Ref, err error) error {
	var status apierrors.APIStatus
	if !apierrors.IsConflict(err) || !errors.As(err, &status) || status.Status().Details == nil {
		return nil
	}
	conflict := &Conflict{Ref: ref}
	for _, cause := range status.Status().Details.Causes {
		if cause.Type == metav1.CauseTypeFieldManagerConflict {
			conflict.Fields = append(conflict.Fields, FieldConflict{Field: cause.Field, Owner: cause.Message})
		}
	}
	if len(conflict.Fields) == 0 {
		return nil
	}
	return hint.Add(conflict, "change the field where its owner has it from, or take it over with --force-conflicts")
}

// same compares what an apply can change, ownership included: a second manager of the same
// values is a change the first time, and none after that.
func same(live, merged *unstructured.Unstructured) bool {
	return equality.Semantic.DeepEqual(content(live), content(merged))
}

// content leaves out what the API server counts and when it did.
func content(object *unstructured.Unstructured) map[string]any {
	plain := object.DeepCopy()
	plain.SetResourceVersion("")
	plain.SetGeneration(0)
	var ours []metav1.ManagedFieldsEntry
	for _, entry := range plain.GetManagedFields() {
		if entry.Manager == FieldManager && entry.Operation == metav1.ManagedFieldsOperationApply {
			entry.Time = nil
			ours = append(ours, entry)
		}
	}
	plain.SetManagedFields(ours)
	return plain.Object
}

// secretKind tells a Secret, whose values are not for anybody's eyes.
func secretKind(ref Ref) bool {
	return ref.Kind == "Secret" && ref.APIVersion == corev1.SchemeGroupVersion.String()
}

// IsRefusedBy tells whether a ValidatingAdmissionPolicy of that name refused an object. Its name is in
// the words alone (k8s.io/apiserver pkg/admission/plugin/policy/validating/dispatcher.go).
func IsRefusedBy(err error, policy string) bool {
	return strings.Contains(err.Error(), "ValidatingAdmissionPolicy '"+policy+"'")
}
