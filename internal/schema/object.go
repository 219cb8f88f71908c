package schema

import (
	"go/ast"
	"slices"
)

// reader makes the schema of one kind.
type reader struct {
	*source
	defs map[string]*schema
	open []*ast.TypeSpec // the structs around the field that is being read
}

// object is the schema of a struct.
func (r *reader) object(declared declaration) (*schema, error) {
	remark, err := readComment(declared.doc)
	switch {
	case err != nil:
		return nil, r.errorf(declared.spec, "%w", err)
	case remark.text == "":
		return nil, r.errorf(declared.spec, "%s has no comment", declared.spec.Name)
	case remark.required || remark.fallback != nil:
		return nil, r.errorf(declared.spec, "%s has a marker, which only fields have", declared.spec.Name)
	}
	s := &schema{Type: "object", Description: remark.text, Additional: false}
	return s, r.addFields(s, declared.spec)
}

// addFields adds the fields of a struct, among them those of the structs that it inlines.
func (r *reader) addFields(s *schema, spec *ast.TypeSpec) error {
	structure, ok := spec.Type.(*ast.StructType)
	switch {
	case !ok || spec.TypeParams != nil || spec.Assign.IsValid():
		return r.errorf(spec, "%s is not a plain struct", spec.Name)
	case structure.Fields.NumFields() == 0:
		return r.errorf(spec, "%s has no fields", spec.Name)
	case slices.Contains(r.open, spec):
		return r.errorf(spec, "%s contains itself, so its schema would be infinite", spec.Name)
	}
	r.open = append(r.open, spec)
	defer func() { r.open = r.open[:len(r.open)-1] }()
	for _, field := range structure.Fields.List {
		if err := r.addField(s, field); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) addField(s *schema, field *ast.Field) error {
	tag, err := readTag(field)
	if err != nil {
		return r.errorf(field, "%w", err)
	}
	if tag.inline {
		return r.inline(s, field.Type)
	}
	if s.Properties.find(tag.name) != nil {
		return r.errorf(field, "a second field %s", tag.name)
	}
	described, required, err := r.describe(field)
	if err != nil {
		return err
	}
	s.Properties = append(s.Properties, property{name: tag.name, schema: described})
	if required {
		s.Required = append(s.Required, tag.name)
	}
	return nil
}

// inline adds the fields of an embedded struct as if they stood here.
func (r *reader) inline(s *schema, embedded ast.Expr) error {
	if name, ok := embedded.(*ast.Ident); ok {
		if declared, ok := r.types[name.Name]; ok {
			return r.addFields(s, declared.spec)
		}
	}
	return r.unsupported(embedded)
}

// describe returns the schema of a field, and whether the field is required.
func (r *reader) describe(field *ast.Field) (*schema, bool, error) {
	remark, err := readComment(field.Doc)
	switch {
	case err != nil:
		return nil, false, r.errorf(field, "%w", err)
	case remark.text == "":
		return nil, false, r.errorf(field, "%s has no comment", field.Names[0])
	}
	s, err := r.typeOf(field.Type)
	if err != nil {
		return nil, false, err
	}
	if remark.fallback != nil && !s.accepts(remark.fallback) {
		return nil, false, r.errorf(field, "the default %s is not a value of %s", remark.fallback, field.Names[0])
	}
	s.Description, s.Default = remark.text, remark.fallback
	return s, remark.required, nil
}
