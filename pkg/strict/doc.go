// Package strict decodes a document of another party only if every reader would interpret it the same way, and rejects
// it otherwise.
//
// encoding/json and, through it, sigs.k8s.io/yaml match struct keys in any letter case (with Unicode folding, so U+017F
// is an s) and use the last of several equal keys; YAML readers disagree about plain scalars (yes, 010, 1_000), drop
// every document but the first, and expand aliases. What one program verified would then not be what another one
// applies. Callers decode into a type with exactly the known keys, verify the typed value, and pass on that value
// encoded again, never the text.
//
// It imports sigs.k8s.io/json and YAML parsers. Errors contain field paths and never repeat a value.
package strict
