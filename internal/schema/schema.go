// Package schema makes the JSON Schemas of an API package out of its Go source, so that the
// doc comments of the types are the only reference there is to write. It imports the standard
// library only, and serves generation and tests: no part of the program needs it.
package schema

import (
	"bytes"
	"encoding/json"
)

// dialect is the version of JSON Schema that is written.
const dialect = "https://json-schema.org/draft/2020-12/schema"

// schema is the part of JSON Schema that the format needs, with the keywords in the order in
// which they are written.
type schema struct {
	Dialect         string             `json:"$schema,omitempty"`
	ID              string             `json:"$id,omitempty"`
	Title           string             `json:"title,omitempty"`
	Description     string             `json:"description,omitempty"`
	Ref             string             `json:"$ref,omitempty"`
	Type            string             `json:"type,omitempty"`
	ContentEncoding string             `json:"contentEncoding,omitempty"`
	Const           string             `json:"const,omitempty"`
	Enum            []string           `json:"enum,omitempty"`
	Default         json.RawMessage    `json:"default,omitempty"`
	Items           *schema            `json:"items,omitempty"`
	Properties      properties         `json:"properties,omitempty"`
	Required        []string           `json:"required,omitempty"`
	Additional      any                `json:"additionalProperties,omitempty"` // false, or a *schema
	Defs            map[string]*schema `json:"$defs,omitempty"`
}

// properties keep the order of the source: it is the order in which people explain things.
type properties []property

type property struct {
	name   string
	schema *schema
}

// find returns the schema of a property, nil if there is none.
func (p properties) find(name string) *schema {
	for _, property := range p {
		if property.name == name {
			return property.schema
		}
	}
	return nil
}

// MarshalJSON writes an object whose members stand in order.
func (p properties) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	for i, property := range p {
		out.WriteByte("{,"[min(i, 1)])
		if err := encode(&out, property.name); err != nil {
			return nil, err
		}
		out.WriteByte(':')
		if err := encode(&out, property.schema); err != nil {
			return nil, err
		}
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// encode keeps < and > readable: they stand in descriptions, and no browser reads them here.
func encode(out *bytes.Buffer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
