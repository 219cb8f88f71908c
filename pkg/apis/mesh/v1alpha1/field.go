package v1alpha1

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/nearest"
)

// Field is one field of the format as its schema describes it.
type Field struct {
	Name string
	// Type as kubectl explain prints types: string, boolean, integer, Istio, []Cluster,
	// map[string]string.
	Type     string
	Required bool
	// Default as YAML text, empty if there is none.
	Default string
	// Enum are the values that the field takes, empty if it takes any.
	Enum        []string
	Description string
	// Fields of the struct behind the type, in the order of the source.
	Fields []Field

	base64 bool // the text is base64
}

// The types of Field that are no names of structs.
const (
	typeString  = "string"
	typeBoolean = "boolean"
	typeInteger = "integer"
	typeList    = "[]"
	typeMap     = "map[string]"
)

// Explain describes the field at a path of field names; the empty path is the whole document. List indexes are ignored:
// clusters, clusters[3] and clusters, 3 are the same field. The error for an unknown field has a remedy (package hint).
func Explain(kind string, path []string) (Field, error) {
	field, err := fieldTree(kind)
	if err != nil {
		return Field{}, err
	}
	var at []string
	for _, step := range path {
		name, _, _ := strings.Cut(step, "[")
		if name == "" || strings.HasPrefix(field.Type, typeList) && isIndex(name) {
			continue
		}
		at = append(at, name)
		i := slices.IndexFunc(field.Fields, func(f Field) bool { return f.Name == name })
		if i < 0 {
			return Field{}, unknownField(field, at)
		}
		field = field.Fields[i]
	}
	return field, nil
}

func isIndex(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool { return r < '0' || r > '9' })
}

// unknownField suggests what exists instead of the last element of path.
func unknownField(parent Field, path []string) error {
	where := strings.Join(path, ".")
	if len(parent.Fields) == 0 {
		above := strings.Join(path[:len(path)-1], ".")
		return hint.Errorf("ask for "+above, "find %s: %s is of type %s and has no fields", where, above, parent.Type)
	}
	names := make([]string, len(parent.Fields))
	for i, field := range parent.Fields {
		names[i] = field.Name
	}
	remedy := "the fields here are " + strings.Join(names, ", ")
	if near, ok := nearest.Name(path[len(path)-1], names); ok {
		remedy = fmt.Sprintf("did you mean %q? %s", near, remedy)
	}
	return hint.Errorf(remedy, "find %s: %s has no such field", where, elementType(parent.Type))
}

// elementType returns the element type of a list or map.
func elementType(name string) string {
	for {
		_, rest, found := strings.Cut(name, "]")
		if !found {
			return name
		}
		name = rest
	}
}

// fieldTree reads the whole schema of a kind.
func fieldTree(kind string) (Field, error) {
	text := Schema(kind)
	if text == nil {
		return Field{}, hint.Errorf("the kinds are "+strings.Join(kinds(), " and "), "find kind %q: no such kind", kind)
	}
	var root schemaNode
	if err := json.Unmarshal(text, &root); err != nil {
		return Field{}, fmt.Errorf("read the schema of %s: %w", kind, err)
	}
	return Field{Name: kind, Type: kind, Description: root.Description, Fields: root.fields(root.Defs)}, nil
}

func (n schemaNode) fields(defs map[string]schemaNode) []Field {
	var fields []Field
	for _, property := range n.Properties {
		around, element := property.node.element()
		structure := strings.TrimPrefix(element.Ref, "#/$defs/")
		fields = append(fields, Field{
			Name:        property.name,
			Type:        around + cmp.Or(structure, element.Type),
			Required:    slices.Contains(n.Required, property.name),
			Default:     yamlText(property.node.Default),
			Enum:        element.values(),
			Description: property.node.Description,
			Fields:      defs[structure].fields(defs),
			base64:      element.ContentEncoding == "base64",
		})
	}
	return fields
}

// element returns the element type of nested lists and maps, and how the type names them.
func (n schemaNode) element() (string, schemaNode) {
	switch {
	case n.Items != nil:
		around, element := n.Items.element()
		return typeList + around, element
	case n.Additional.node != nil:
		around, element := n.Additional.node.element()
		return typeMap + around, element
	}
	return "", n
}

func (n schemaNode) values() []string {
	if n.Const != "" {
		return []string{n.Const}
	}
	return n.Enum
}

// plainWords need no quotes in YAML, unless YAML knows the word.
const plainWords = `^[A-Za-z][A-Za-z0-9./-]*$`

// yamlText omits the quotes of JSON where YAML needs none.
func yamlText(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return string(value) // true or false
	}
	words := []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
	if slices.Contains(words, strings.ToLower(text)) || !regexp.MustCompile(plainWords).MatchString(text) {
		return string(value)
	}
	return text
}

// SplitTopic splits mesh.spec.clusters, spec.clusters or clusterfacts.spec.
func SplitTopic(topic string) (kind string, path []string) {
	path = strings.FieldsFunc(topic, func(r rune) bool { return r == '.' })
	kind = KindMesh
	if len(path) > 0 {
		switch strings.ToLower(path[0]) {
		case strings.ToLower(KindMesh):
			path = path[1:]
		case strings.ToLower(KindClusterFacts):
			kind, path = KindClusterFacts, path[1:]
		}
	}
	return kind, path
}
