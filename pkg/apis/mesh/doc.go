// Package mesh loads mesh.yaml and its facts files into one validated Mesh with all defaults set: check the version,
// decode strictly, merge the facts, read the certificate authorities, validate, set defaults. It reports every problem
// at once, with its field, a remedy, and its line if known; only a YAML error or a wrong kind of document is reported
// alone, because nothing else can be validated then. Errors do not repeat long values, which could be secrets.
//
// It reads files only through the caller's fs.FS. It imports v1alpha1, the YAML and JSON decoders, apimachinery's field
// errors and validators, and pkg/nearest. Conversions between versions of the format belong only here.
package mesh
