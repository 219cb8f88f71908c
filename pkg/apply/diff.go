package apply

import (
	"fmt"

	"github.com/rogpeppe/go-internal/diff"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// Diff returns a unified diff between the live and the applied object; empty if nothing relevant changes. Credentials
// in Secrets are masked, except for the fact that they differ; the rest of a remote kubeconfig stays readable.
func (c Change) Diff() (string, error) {
	live, merged := shown(c.Live), shown(c.Merged)
	if isSecret(c.Ref) {
		render.RedactSecrets(live, merged)
	}
	before, err := text(live)
	if err != nil {
		return "", err
	}
	after, err := text(merged)
	if err != nil {
		return "", err
	}
	return string(diff.Diff("live "+c.Ref.String(), before, "mesh "+c.Ref.String(), after)), nil
}

func text(object map[string]any) ([]byte, error) {
	if object == nil {
		return nil, nil
	}
	text, err := manifest.Encode(object)
	if err != nil {
		return nil, fmt.Errorf("encode object: %w", err)
	}
	return text, nil
}

// shown omits fields that the API server sets and no file contains.
func shown(object *unstructured.Unstructured) map[string]any {
	if object == nil {
		return nil
	}
	plain := object.DeepCopy()
	plain.SetManagedFields(nil)
	for _, field := range []string{"resourceVersion", "uid", "creationTimestamp", "generation", "selfLink"} {
		unstructured.RemoveNestedField(plain.Object, "metadata", field)
	}
	unstructured.RemoveNestedField(plain.Object, "status")
	// A client-side apply stored a copy of the whole object here, including secrets.
	unstructured.RemoveNestedField(plain.Object,
		"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")
	return plain.Object
}
