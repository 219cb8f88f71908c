package v1alpha1

import (
	"bytes"
	"embed"
	"encoding/json"
	"slices"
	"strings"
)

// schemaFiles is a variable of the package because go:embed knows no other place. The files
// are generated from the types.
//
//go:embed *.schema.json
var schemaFiles embed.FS

// Schema returns the JSON Schema of a kind; nil if the kind does not exist.
func Schema(kind string) []byte {
	if !slices.Contains(kinds(), kind) {
		return nil
	}
	text, err := schemaFiles.ReadFile(strings.ToLower(kind) + ".schema.json")
	if err != nil {
		return nil
	}
	return text
}

func kinds() []string { return []string{KindMesh, KindClusterFacts} }

// schemaNode is the part of JSON Schema that the generated files use.
type schemaNode struct {
	Ref             string                `json:"$ref"`
	Type            string                `json:"type"`
	Description     string                `json:"description"`
	ContentEncoding string                `json:"contentEncoding"`
	Const           string                `json:"const"`
	Enum            []string              `json:"enum"`
	Default         json.RawMessage       `json:"default"`
	Items           *schemaNode           `json:"items"`
	Properties      schemaProperties      `json:"properties"`
	Required        []string              `json:"required"`
	Additional      schemaValues          `json:"additionalProperties"`
	Defs            map[string]schemaNode `json:"$defs"`
}

// schemaValues describes the values of a map; of a struct, which says false here, nothing.
type schemaValues struct {
	node *schemaNode
}

// UnmarshalJSON reads a schema or false.
func (v *schemaValues) UnmarshalJSON(text []byte) error {
	if string(text) == "false" {
		return nil
	}
	return json.Unmarshal(text, &v.node)
}

// schemaProperties keep their order, which is that of the source.
type schemaProperties []schemaProperty

type schemaProperty struct {
	name string
	node schemaNode
}

// UnmarshalJSON reads the members of an object one by one.
func (p *schemaProperties) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if _, err := decoder.Token(); err != nil { // the opening brace
		return err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		var property schemaProperty
		property.name, _ = name.(string)
		if err := decoder.Decode(&property.node); err != nil {
			return err
		}
		*p = append(*p, property)
	}
	return nil
}
