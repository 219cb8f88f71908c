package summary

import _ "embed"

// schema is a variable of the package because go:embed knows no other place. The file is generated from the types.
//
//go:embed summary.schema.json
var schema []byte

// Schema returns the JSON Schema of a summary.
func Schema() []byte { return append([]byte(nil), schema...) }
