// Package summary says what a mesh means: which clusters there are and how they are reached, which control plane reads
// which cluster with which permissions, what is trusted, opened, waived, and held back.
package summary

//go:generate go run ../../internal/schema/gen

// The document that describe prints and review compares.
const (
	// APIVersion of a summary.
	APIVersion = "kubectl-mesh.dev/v1alpha1"
	// KindSummary is its kind.
	KindSummary = "Summary"
)
