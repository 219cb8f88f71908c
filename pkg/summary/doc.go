// Package summary describes a mesh: its clusters and how they are reached, which control plane reads which cluster with
// which permissions, and what is trusted, allowed, waived and held back.
package summary

//go:generate go run ../../internal/schema/gen

// The document that describe prints and review compares.
const (
	// APIVersion of a summary.
	APIVersion = "kubectl-mesh.dev/v1alpha1"
	// KindSummary is its kind.
	KindSummary = "Summary"
)
