package schema

import (
	"errors"
	"fmt"
	"go/ast"
	"reflect"
	"strconv"
	"strings"
)

// tag is how a struct field stands in JSON: under a name, or inline.
type tag struct {
	name   string
	inline bool
}

// readTag wants one field per line with a name for JSON: encoding/json would make one up,
// and take it in any letter case.
func readTag(field *ast.Field) (tag, error) {
	name, options, err := splitTag(field.Tag)
	if err != nil {
		return tag{}, err
	}
	inline := false
	for _, option := range options {
		switch option {
		case "omitempty", "omitzero":
		case "inline":
			inline = true
		default:
			return tag{}, fmt.Errorf("unsupported option %q in the json tag", option)
		}
	}
	embedded := len(field.Names) == 0
	switch {
	case embedded && inline && name == "":
		return tag{inline: true}, nil
	case embedded || inline:
		return tag{}, errors.New(`an embedded struct, and nothing else, has the tag json:",inline"`)
	case name == "" || name == "-" || len(field.Names) > 1 || !field.Names[0].IsExported():
		return tag{}, errors.New("a field is exported and has a name of its own in its json tag")
	}
	return tag{name: name}, nil
}

func splitTag(literal *ast.BasicLit) (name string, options []string, err error) {
	if literal == nil {
		return "", nil, errors.New("no json tag")
	}
	text, err := strconv.Unquote(literal.Value)
	if err != nil {
		return "", nil, err
	}
	name, rest, more := strings.Cut(reflect.StructTag(text).Get("json"), ",")
	if more {
		options = strings.Split(rest, ",")
	}
	return name, options, nil
}
