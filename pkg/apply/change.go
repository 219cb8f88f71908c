package apply

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
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
	// Live is the object before the change, nil when there is none; Merged is the object after it. Both hold what the
	// API server holds, secrets included: they are for comparing, never for printing.
	Live, Merged *unstructured.Unstructured `json:"-"`
	// desired is what is sent, takeover the patch that goes before it: see there.
	desired  *unstructured.Unstructured
	takeover []byte
}

// same compares what an apply can change, ownership included: a second manager of the same values is a change the first
// time, and none after that.
func same(live, merged *unstructured.Unstructured) bool {
	return equality.Semantic.DeepEqual(content(live), content(merged))
}

// content leaves out what the API server counts and when it did.
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

// isSecret tells a Secret, whose values are never shown.
func isSecret(ref Ref) bool {
	return ref.Kind == "Secret" && ref.APIVersion == corev1.SchemeGroupVersion.String()
}
