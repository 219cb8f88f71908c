package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/client-go/util/csaupgrade"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/appliedcopy"
)

// Field managers of users who piped a rendered stream into kubectl apply: server-side, client-side, and server-side
// after client-side (k8s.io/kubectl v0.36 pkg/cmd/apply/apply.go: fieldManagerServerSideApply,
// fieldManagerClientSideApply, fieldManagerLastAppliedAnnotation).
const (
	managerKubectl           = "kubectl"
	managerKubectlClientSide = "kubectl-client-side-apply"
	managerKubectlCopy       = "kubectl-last-applied"
)

// isPipe reports whether a manager results from piping into kubectl. Flux, Argo CD, Helm and explicitly named managers
// keep their fields.
func isPipe(entry metav1.ManagedFieldsEntry) bool {
	if entry.Subresource != "" {
		return false
	}
	switch entry.Manager {
	case managerKubectl, managerKubectlCopy:
		return entry.Operation == metav1.ManagedFieldsOperationApply
	case managerKubectlClientSide:
		return entry.Operation == metav1.ManagedFieldsOperationUpdate
	}
	return false
}

// isOurs reports whether a live object has the labels of this program that the sent one has.
func isOurs(live, sent *unstructured.Unstructured) bool {
	has, labels := live.GetLabels(), sent.GetLabels()
	for _, name := range []string{access.LabelManagedBy, access.LabelMesh} {
		if labels[name] == "" || has[name] != labels[name] {
			return false
		}
	}
	return true
}

// hasCopy reports whether an object's copy of itself must be removed: a copy that kubectl left, which is no longer
// used, or any copy with a credential. Argo CD's copy is otherwise kept.
func hasCopy(live *unstructured.Unstructured) bool {
	copied, found := live.GetAnnotations()[appliedcopy.Annotation]
	byPipe := slices.ContainsFunc(live.GetManagedFields(), func(entry metav1.ManagedFieldsEntry) bool {
		return isPipe(entry) && entry.Manager != managerKubectl
	})
	return found && (byPipe || isSecret(refOf(live)) && appliedcopy.HoldsValues(copied))
}

// takeover returns the JSON patch that moves fields from the managers of a kubectl pipe to FieldManager, so that both
// ways of applying a mesh have one owner; nil if there is nothing to move. It also removes the copy that client-side
// apply stored in an annotation: of a Secret, that is a credential in clear.
func takeover(live, sent *unstructured.Unstructured) ([]byte, error) {
	if live == nil || !isOurs(live, sent) {
		return nil, nil
	}
	copied := hasCopy(live)
	piped := slices.ContainsFunc(live.GetManagedFields(), isPipe)
	if !piped && !copied {
		return nil, nil
	}
	taken := live.DeepCopy()
	managers := taken.GetManagedFields()
	for i := range managers {
		if isPipe(managers[i]) { // csaupgrade merges only managers with operation Update
			managers[i].Manager, managers[i].Operation = managerKubectlClientSide, metav1.ManagedFieldsOperationUpdate
		}
	}
	taken.SetManagedFields(managers)
	if err := csaupgrade.UpgradeManagedFields(taken, sets.New(managerKubectlClientSide), FieldManager); err != nil {
		return nil, fmt.Errorf("take ownership of the fields of %s: %w", refOf(live), err)
	}
	return takeoverPatch(live, taken, copied)
}

// takeoverPatch applies only to this version of the object.
func takeoverPatch(live, taken *unstructured.Unstructured, copied bool) ([]byte, error) {
	type operation struct {
		Op    string `json:"op"`
		Path  string `json:"path"`
		Value any    `json:"value,omitempty"`
	}
	patch := []operation{
		{Op: "replace", Path: "/metadata/managedFields", Value: taken.GetManagedFields()},
		{Op: "replace", Path: "/metadata/resourceVersion", Value: live.GetResourceVersion()},
	}
	if copied {
		name := strings.NewReplacer("~", "~0", "/", "~1").Replace(appliedcopy.Annotation)
		patch = append(patch, operation{Op: "remove", Path: "/metadata/annotations/" + name})
	}
	return json.Marshal(patch)
}

// take performs a takeover.
func (c *Client) take(ctx context.Context, change Change) error {
	if change.takeover == nil {
		return nil
	}
	resource, err := c.resourceOf(change.desired)
	if err != nil {
		return fmt.Errorf("%s: %w", change.Ref, err)
	}
	options := metav1.PatchOptions{FieldManager: FieldManager}
	_, err = resource.Patch(ctx, change.Name, types.JSONPatchType, change.takeover, options)
	if err != nil {
		return fmt.Errorf("take ownership of the fields of %s: %w", change.Ref, err)
	}
	return nil
}
