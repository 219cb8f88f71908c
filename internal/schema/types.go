package schema

import (
	"encoding/json"
	"go/ast"
	"go/types"
	"slices"
)

// typeOf is the schema of a type, without what the comment of a field adds to it.
func (r *reader) typeOf(expr ast.Expr) (*schema, error) {
	switch expr := expr.(type) {
	case *ast.StarExpr:
		return r.typeOf(expr.X) // a pointer tells only whether a field is there
	case *ast.ArrayType:
		return r.list(expr)
	case *ast.MapType:
		return r.mapping(expr)
	case *ast.Ident:
		return r.named(expr)
	}
	return nil, r.unsupported(expr)
}

func (r *reader) list(expr *ast.ArrayType) (*schema, error) {
	if expr.Len != nil {
		return nil, r.unsupported(expr)
	}
	if isNamed(expr.Elt, "byte") {
		return &schema{Type: "string", ContentEncoding: "base64"}, nil
	}
	items, err := r.typeOf(expr.Elt)
	if err != nil {
		return nil, err
	}
	return &schema{Type: "array", Items: items}, nil
}

func (r *reader) mapping(expr *ast.MapType) (*schema, error) {
	if !isNamed(expr.Key, "string") {
		return nil, r.unsupported(expr)
	}
	values, err := r.typeOf(expr.Value)
	if err != nil {
		return nil, err
	}
	return &schema{Type: "object", Additional: values}, nil
}

func (r *reader) named(name *ast.Ident) (*schema, error) {
	switch name.Name {
	case "string":
		return &schema{Type: "string"}, nil
	case "bool":
		return &schema{Type: "boolean"}, nil
	case "int32":
		return &schema{Type: "integer"}, nil
	}
	declared, ok := r.types[name.Name]
	if !ok || declared.spec.Assign.IsValid() {
		return nil, r.unsupported(name)
	}
	if _, ok := declared.spec.Type.(*ast.StructType); ok {
		return r.reference(declared)
	}
	if isNamed(declared.spec.Type, "string") {
		return r.enum(name)
	}
	return nil, r.unsupported(name)
}

// enum is a string type with its constants.
func (r *reader) enum(name *ast.Ident) (*schema, error) {
	for _, known := range r.source.enums {
		if known.Type == name.Name {
			return &schema{Type: "string", Enum: known.Values}, nil
		}
	}
	s := &schema{Type: "string"}
	for _, value := range r.values[name.Name] {
		text, ok := stringLiteral(value)
		if !ok {
			return nil, r.errorf(value, "a constant of type %s is a plain string", name)
		}
		s.Enum = append(s.Enum, text)
	}
	if s.Enum == nil {
		return nil, r.errorf(name, "no constants of type %s: if any text will do, make it a string", name)
	}
	return s, nil
}

// reference points to the definition of a struct. The definition carries the comment of the
// type, the reference that of the field.
func (r *reader) reference(declared declaration) (*schema, error) {
	name := declared.spec.Name.Name
	if r.defs[name] == nil {
		object, err := r.object(declared)
		if err != nil {
			return nil, err
		}
		r.defs[name] = object
	}
	return &schema{Ref: "#/$defs/" + name}, nil
}

func (r *reader) unsupported(expr ast.Expr) error {
	return r.errorf(expr, "unsupported type %s", types.ExprString(expr))
}

func isNamed(expr ast.Expr, name string) bool {
	ident, ok := expr.(*ast.Ident)
	return ok && ident.Name == name
}

// accepts reports whether a default is a value of the scalar that s describes.
func (s *schema) accepts(value json.RawMessage) bool {
	var text string
	var truth bool
	var number int32
	switch s.Type {
	case "string":
		return json.Unmarshal(value, &text) == nil && (s.Enum == nil || slices.Contains(s.Enum, text))
	case "boolean":
		return json.Unmarshal(value, &truth) == nil
	case "integer":
		return json.Unmarshal(value, &number) == nil
	}
	return false
}
