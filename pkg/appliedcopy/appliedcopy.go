// Package appliedcopy knows the copy of an object that a client-side kubectl apply keeps in an annotation of it.
// It imports nothing of ours.
package appliedcopy

import "encoding/json"

// Annotation is where the copy is (k8s.io/api core/v1 LastAppliedConfigAnnotation). Argo CD keeps one too.
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
