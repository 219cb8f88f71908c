// Package mesh turns the text of mesh.yaml, and of the facts files beside it, into one
// checked Mesh with every default filled in: peek at the version, decode strictly, merge the
// facts, read the certificate authorities, validate, default. It reports every problem at once,
// with its field, a remedy, and its line where one can be had; an error of YAML or of the kind
// of document comes alone, because nothing else can be judged then. What is long in a value
// that is wrong is not repeated: it may be a secret.
//
// It reads files only through the fs.FS that its caller hands in. It imports v1alpha1, the
// YAML and JSON decoders, apimachinery's field errors and validators, and pkg/nearest. When a
// second version of the format appears, its conversion happens here and nowhere else.
package mesh
