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

// The field managers of a person who piped a rendered stream into kubectl apply, with --server-side, without, and
// with it after a time without (k8s.io/kubectl v0.36 pkg/cmd/apply/apply.go: fieldManagerServerSideApply,
// fieldManagerClientSideApply, fieldManagerLastAppliedAnnotation).
const (
	managerKubectl           = "kubectl"
	managerKubectlClientSide = "kubectl-client-side-apply"
	managerKubectlCopy       = "kubectl-last-applied"
)

// isPipe tells whether a manager is what a pipe into kubectl leaves behind. Flux, Argo CD, Helm and whoever
// names a manager of their own are somebody else, and stay so.
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

// isOurs tells whether a live object has the labels of this program that the sent one has.
func isOurs(live, sent *unstructured.Unstructured) bool {
	has, labels := live.GetLabels(), sent.GetLabels()
	for _, name := range []string{access.LabelManagedBy, access.LabelMesh} {
		if labels[name] == "" || has[name] != labels[name] {
			return false
		}
	}
	return true
}

// hasCopy tells whether an object has a copy of itself that is to go: one that a pipe into kubectl left, which
// nobody reads any more, or one with a credential, whoever left it. That of Argo CD stays otherwise.
func hasCopy(live *unstructured.Unstructured) bool {
	copied, found := live.GetAnnotations()[appliedcopy.Annotation]
	byPipe := slices.ContainsFunc(live.GetManagedFields(), func(entry metav1.ManagedFieldsEntry) bool {
		return isPipe(entry) && entry.Manager != managerKubectl
	})
	return found && (byPipe || isSecret(refOf(live)) && appliedcopy.HoldsValues(copied))
}

// takeover is the JSON patch by which the fields that a pipe into kubectl brought become those of FieldManager,
// so that both ways of applying a mesh are one owner; nil when nothing is to be taken. The copy of the whole
// object that a client-side apply kept in an annotation goes with it: of a Secret, it is a credential in clear.
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
		if isPipe(managers[i]) { // as if it were one manager that updates: those are what csaupgrade merges
			managers[i].Manager, managers[i].Operation = managerKubectlClientSide, metav1.ManagedFieldsOperationUpdate
		}
	}
	taken.SetManagedFields(managers)
	if err := csaupgrade.UpgradeManagedFields(taken, sets.New(managerKubectlClientSide), FieldManager); err != nil {
		return nil, fmt.Errorf("take ownership of the fields of %s: %w", refOf(live), err)
	}
	return takeoverPatch(live, taken, copied)
}

// takeoverPatch holds for one version of the object only.
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

// take carries a takeover out.
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
