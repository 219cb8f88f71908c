package apply

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Action is what a plan does to an object.
type Action string

// Actions.
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
	// NotChecked explains why the API server could not dry-run the change, so that Action is a guess; empty if it could.
	NotChecked string `json:"notChecked,omitempty"`
	// APIServer is the API server and CA in a remote secret; optional, set by the caller.
	APIServer string `json:"apiServer,omitempty"`
	// Live is the object before the change, nil if it does not exist; Merged is the object after it. Both are as the API
	// server returned them, including secrets: compare them, but never print them.
	Live, Merged *unstructured.Unstructured `json:"-"`
	// desired is sent; takeover is the patch sent before it.
	desired  *unstructured.Unstructured
	takeover []byte
}

// same compares what an apply can change, including field ownership: a second manager of the same values is a change
// only the first time.
func same(live, merged *unstructured.Unstructured) bool {
	return equality.Semantic.DeepEqual(content(live), content(merged))
}

// content omits the metadata that the API server maintains.
func content(object *unstructured.Unstructured) map[string]any {
	bare := object.DeepCopy()
	bare.SetResourceVersion("")
	bare.SetGeneration(0)
	var ours []metav1.ManagedFieldsEntry
	for _, entry := range bare.GetManagedFields() {
		if entry.Manager == FieldManager && entry.Operation == metav1.ManagedFieldsOperationApply {
			entry.Time = nil
			ours = append(ours, entry)
		}
	}
	bare.SetManagedFields(ours)
	return bare.Object
}

// isSecret reports whether an object is a Secret, whose values are never printed.
func isSecret(ref Ref) bool {
	return ref.Kind == "Secret" && ref.APIVersion == corev1.SchemeGroupVersion.String()
}
