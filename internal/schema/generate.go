package schema

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// File is a generated schema.
type File struct {
	// Name of the file, beside the Go source.
	Name    string
	Content []byte
}

// Enum are the values of a string type that are not its constants.
type Enum struct {
	Type   string
	Values []string
}

// Generate reads the Go files of an API package in the root of fsys and returns a schema for
// each kind: a constant KindX = "X" declares the kind of the struct X. The same source gives
// the same bytes; what the generator does not understand is an error.
//
// Which values a type has may be known elsewhere: then it is an enum.
func Generate(fsys fs.FS, enums ...Enum) ([]File, error) {
	source, err := parse(fsys)
	if err != nil {
		return nil, err
	}
	source.enums = enums
	if len(source.kinds) == 0 {
		return nil, errors.New("find kinds: no constant KindX = \"X\"")
	}
	files := make([]File, len(source.kinds))
	for i, kind := range source.kinds {
		if files[i], err = generateKind(source, kind); err != nil {
			return nil, fmt.Errorf("describe %s: %w", kind, err)
		}
	}
	return files, nil
}

func generateKind(source *source, kind string) (File, error) {
	root, err := document(source, kind)
	if err != nil {
		return File{}, err
	}
	var out bytes.Buffer
	if err := encode(&out, root); err != nil {
		return File{}, err
	}
	return File{Name: strings.ToLower(kind) + ".schema.json", Content: out.Bytes()}, nil
}

// document is the schema of a whole file of one kind.
func document(source *source, kind string) (*schema, error) {
	group, version, ok := strings.Cut(source.apiVersion, "/")
	if !ok {
		return nil, errors.New("find the version: no constant APIVersion = \"GROUP/VERSION\"")
	}
	declared, ok := source.types[kind]
	if !ok {
		return nil, errors.New("find the type: no struct of this name")
	}
	reader := reader{source: source, defs: map[string]*schema{}}
	root, err := reader.object(declared)
	if err != nil {
		return nil, err
	}
	root.Dialect = dialect
	root.ID = fmt.Sprintf("https://%s/schemas/%s/%s.json", group, version, strings.ToLower(kind))
	root.Title = kind
	root.Defs = reader.defs
	return root, cmp.Or(fix(root, "apiVersion", source.apiVersion), fix(root, "kind", kind))
}

// fix lets a field have one value only.
func fix(root *schema, name, value string) error {
	field := root.Properties.find(name)
	if field == nil || field.Type != "string" {
		return fmt.Errorf("fix %s to %s: no such string", name, value)
	}
	field.Const = value
	return nil
}
