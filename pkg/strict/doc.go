// Package strict decodes a document that another party may have written into the one meaning that every
// reader of it takes from it, and refuses the document where two readers could disagree.
//
// encoding/json and, through it, sigs.k8s.io/yaml match the keys of a struct in any letter case (with
// Unicode folding, so U+017F is an s) and let the last of several equal keys win; YAML readers disagree
// about plain scalars (yes, 010, 1_000), drop every document but the first, and expand aliases. What one
// program verified would then not be what another one applies. A caller decodes into a type that has
// exactly the known keys, verifies the typed value, and passes on that value encoded again, never the text.
//
// It imports sigs.k8s.io/json and YAML parsers, and nothing of ours. Errors name field paths and never
// repeat a value.
package strict
