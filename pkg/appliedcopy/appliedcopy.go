// Package appliedcopy recognizes the copy of an object that client-side kubectl apply stores in an annotation.
package appliedcopy

import "encoding/json"

// Annotation with the copy (k8s.io/api core/v1 LastAppliedConfigAnnotation). Argo CD uses it too.
const Annotation = "kubectl.kubernetes.io/last-applied-configuration"

// HoldsValues reports whether the copy of a Secret has values of it. One that cannot be read may have some.
func HoldsValues(copied string) bool {
	if copied == "" {
		return false
	}
	var secret struct{ Data, StringData map[string]any }
	err := json.Unmarshal([]byte(copied), &secret)
	return err != nil || len(secret.Data) > 0 || len(secret.StringData) > 0
}
