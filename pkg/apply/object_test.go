package apply

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/client-go/applyconfigurations/core/v1"
)

func TestRefString(t *testing.T) {
	for want, ref := range map[string]Ref{
		"Secret istio-system/s": secret("s"),
		"ClusterRole reader":    {APIVersion: "rbac.authorization.k8s.io/v1", Kind: "ClusterRole", Name: "reader"},
	} {
		if got := ref.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestRefOf(t *testing.T) {
	got, err := RefOf(corev1.Secret("s", namespace))
	if err != nil || got != secret("s") {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestStringData becomes data, beside what is data already: nothing else has owners.
func TestStringData(t *testing.T) {
	object := corev1.Secret("s", namespace).WithStringData(map[string]string{"a": "one", "b": ""}).WithData(map[string][]byte{"c": []byte("x")})
	sent, err := desired(object)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"a": "b25l", "b": "", "c": "eA=="}, sent.Object["data"]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, left := sent.Object["stringData"]; left {
		t.Error("stringData is sent")
	}
}

// TestSame compares what an apply can change: not what the API server counts, nor what other managers own.
func TestSame(t *testing.T) {
	const of = "metadata: {name: a, resourceVersion: '%', managedFields: ["
	ours := "{manager: mesh-cli, operation: Apply, apiVersion: v1, time: '2026-01-01T00:00:00Z', fieldsType: FieldsV1, fieldsV1: {'f:data': {}}}"
	later := "{manager: mesh-cli, operation: Apply, apiVersion: v1, time: '2026-02-01T00:00:00Z', fieldsType: FieldsV1, fieldsV1: {'f:data': {}}}"
	more := "{manager: mesh-cli, operation: Apply, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {'f:data': {'f:a': {}}}}"
	other := "{manager: helm, operation: Apply, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {'f:data': {}}}"
	live := object(t, of+ours+"]}")
	for merged, want := range map[string]bool{
		of + ours + "]}":               true,
		of + later + "]}":              true,
		of + ours + "," + other + "]}": true,
		of + more + "]}":               false,
		of + "]}":                      false,
		of + ours + "]}\ndata: {a: b}": false,
	} {
		after := object(t, merged)
		after.SetResourceVersion("8")
		after.SetGeneration(2)
		if got := same(live, after); got != want {
			t.Errorf("%s: got %t", merged, got)
		}
	}
}
