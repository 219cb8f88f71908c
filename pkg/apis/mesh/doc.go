// Package mesh turns the text of mesh.yaml, and of the facts files beside it, into one
// checked Mesh with every default filled in: peek at the version, decode strictly, merge the
// facts, validate, default. It reports every problem at once, each with its field, its line
// and a remedy.
//
// It reads files only through the fs.FS that its caller hands in. It imports v1alpha1, the
// YAML and JSON decoders and pkg/nearest. When a second version of the format appears, its
// conversion happens here and nowhere else.
package mesh
