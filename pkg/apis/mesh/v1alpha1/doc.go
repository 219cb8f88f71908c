// Package v1alpha1 holds the types of mesh.yaml and of the facts files beside it, their
// defaults and the rules of their structure. It does no I/O and imports nothing but the
// standard library, apimachinery's field errors and validators, and leaves of this module.
//
// The doc comments of the types are the product's reference: the JSON Schema that editors
// use and `kubectl mesh explain` are made of them. A `+default=` line states a field's
// default, `+required` marks required fields.
package v1alpha1

//go:generate go run ../../../../internal/schema/gen

const (
	// APIVersion of both kinds.
	APIVersion = "kubectl-mesh.dev/v1alpha1"
	// KindMesh is the kind of mesh.yaml.
	KindMesh = "Mesh"
	// KindClusterFacts is the kind of clusters/<name>.yaml.
	KindClusterFacts = "ClusterFacts"
)
