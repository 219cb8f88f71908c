package apply

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func secretObject(data map[string]any) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Secret", "data": data,
		"metadata": map[string]any{"name": "s", "uid": "1", "resourceVersion": "2", "annotations": map[string]any{
			"kubectl.kubernetes.io/last-applied-configuration": "CANARY"}},
	}}
}

func TestDiffMasksSecrets(t *testing.T) {
	change := Change{Ref: secret("s"),
		Live:   secretObject(map[string]any{"same": "Q0FOQVJZ", "other": "Q0FOQVJZMQ==", "gone": "Q0FOQVJZ"}),
		Merged: secretObject(map[string]any{"same": "Q0FOQVJZ", "other": "Q0FOQVJZMg==", "new": "Q0FOQVJZ"})}
	text, err := change.Diff()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text, "Q0FO") || strings.Contains(text, "CANARY") {
		t.Errorf("a value is shown:\n%s", text)
	}
	for _, line := range []string{"-  gone:\n", "+  new:\n", "-      value of other (before)\n", "+      value of other (after)\n", "       value of same\n"} {
		if !strings.Contains(text, line) {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
}

func TestDiffOfNothing(t *testing.T) {
	change := Change{Ref: secret("s"), Live: secretObject(map[string]any{"a": "YQ=="}), Merged: secretObject(map[string]any{"a": "YQ=="})}
	if text, err := change.Diff(); text != "" || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
}
