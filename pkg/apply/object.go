package apply

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// Ref identifies an object.
type Ref struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
}

// String formats an object like kubectl, with its namespace: Secret istio-system/cacerts.
func (r Ref) String() string {
	if r.Namespace == "" {
		return r.Kind + " " + r.Name
	}
	return r.Kind + " " + r.Namespace + "/" + r.Name
}

func refOf(object *unstructured.Unstructured) Ref {
	return Ref{
		APIVersion: object.GetAPIVersion(), Kind: object.GetKind(),
		Namespace: object.GetNamespace(), Name: object.GetName(),
	}
}

// RefOf returns the reference of a rendered object.
func RefOf(object render.Object) (Ref, error) {
	sent, err := desired(object)
	if err != nil {
		return Ref{}, err
	}
	return refOf(sent), nil
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

// desired converts a rendered object.
func desired(object render.Object) (*unstructured.Unstructured, error) {
	text, err := json.Marshal(object)
	if err != nil {
		return nil, fmt.Errorf("encode %s %s: %w", *object.GetKind(), *object.GetName(), err)
	}
	sent := &unstructured.Unstructured{}
	if err := sent.UnmarshalJSON(text); err != nil {
		return nil, fmt.Errorf("encode %s %s: %w", *object.GetKind(), *object.GetName(), err)
	}
	return sent, encodeStringData(sent)
}

// encodeStringData moves a Secret's stringData to data. The API server does not store stringData, so a field manager
// would not own any of it, and conflicts would go unnoticed.
func encodeStringData(secret *unstructured.Unstructured) error {
	text, found, err := unstructured.NestedStringMap(secret.Object, "stringData")
	if err != nil || !found {
		return err
	}
	unstructured.RemoveNestedField(secret.Object, "stringData")
	for key, value := range text {
		encoded := base64.StdEncoding.EncodeToString([]byte(value))
		if err := unstructured.SetNestedField(secret.Object, encoded, "data", key); err != nil {
			return fmt.Errorf("encode Secret %s: %w", secret.GetName(), err)
		}
	}
	return nil
}
