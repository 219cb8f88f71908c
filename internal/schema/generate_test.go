package schema_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/schema"
)

// header is what every package of this sort declares.
const header = `package v1

const (
	APIVersion = "example.com/v1"
	KindPet    = "Pet"
)

type TypeMeta struct {
	// Version of the format.
	// +required
	APIVersion string ` + "`json:\"apiVersion\"`" + `
	// Kind of the document.
	Kind string ` + "`json:\"kind\"`" + `
}
`

// pet declares a kind whose fields, after those of TypeMeta, are the given lines.
func pet(fields, rest string) fstest.MapFS {
	text := "package v1\n// Pet is kept.\ntype Pet struct {\nTypeMeta `json:\",inline\"`\n" + fields + "\n}\n" + rest
	return fstest.MapFS{
		"doc.go":    {Data: []byte(header)},
		"pet.go":    {Data: []byte(text)},
		"notes":     {Data: []byte("no Go")},
		"x_test.go": {Data: []byte("no Go either")},
	}
}

func TestGenerate(t *testing.T) {
	source := pet(`
	// Name of the pet, as in "<collar>
	// & leash". See also
	// the vet.
	//
	// It is
	// called by it.
	// +required
	Name string `+"`json:\"name\"`"+`
	// Sort of pet.
	// +default="cat"
	Sort Sort `+"`json:\"sort,omitempty\"`"+`
	// Tame says so.
	// +default=false
	Tame *bool `+"`json:\"tame,omitempty\"`"+`
	// Photo of it.
	Photo []byte `+"`json:\"photo,omitempty\"`"+`
	// Labels on it.
	Labels map[string]string `+"`json:\"labels,omitempty\"`"+`
	// Young of it.
	Young []Young `+"`json:\"young,omitempty\"`"+`
	// Eldest of them.
	Eldest *Young `+"`json:\"eldest,omitempty\"`"+`
`, `
// Sort is a sort of pet.
type Sort string

const (
	SortDog Sort = "dog"
	SortCat Sort = "cat"
)

type (
	// Young is a child
	// of a pet.
	Young struct {
		// Weeks since birth.
		Weeks string `+"`json:\"weeks\"`"+`
	}
)
`)
	want := `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://example.com/schemas/v1/pet.json",
  "title": "Pet",
  "description": "Pet is kept.",
  "type": "object",
  "properties": {
    "apiVersion": {
      "description": "Version of the format.",
      "type": "string",
      "const": "example.com/v1"
    },
    "kind": {
      "description": "Kind of the document.",
      "type": "string",
      "const": "Pet"
    },
    "name": {
      "description": "Name of the pet, as in \"<collar> & leash\". See also the vet.\n\nIt is called by it.",
      "type": "string"
    },
    "sort": {
      "description": "Sort of pet.",
      "type": "string",
      "enum": [
        "dog",
        "cat"
      ],
      "default": "cat"
    },
    "tame": {
      "description": "Tame says so.",
      "type": "boolean",
      "default": false
    },
    "photo": {
      "description": "Photo of it.",
      "type": "string",
      "contentEncoding": "base64"
    },
    "labels": {
      "description": "Labels on it.",
      "type": "object",
      "additionalProperties": {
        "type": "string"
      }
    },
    "young": {
      "description": "Young of it.",
      "type": "array",
      "items": {
        "$ref": "#/$defs/Young"
      }
    },
    "eldest": {
      "description": "Eldest of them.",
      "$ref": "#/$defs/Young"
    }
  },
  "required": [
    "apiVersion",
    "name"
  ],
  "additionalProperties": false,
  "$defs": {
    "Young": {
      "description": "Young is a child of a pet.",
      "type": "object",
      "properties": {
        "weeks": {
          "description": "Weeks since birth.",
          "type": "string"
        }
      },
      "additionalProperties": false
    }
  }
}
`
	files, err := schema.Generate(source)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 || files[0].Name != "pet.schema.json" {
		t.Fatalf("got %d files, want pet.schema.json: %v", len(files), files)
	}
	if diff := cmp.Diff(want, string(files[0].Content)); diff != "" {
		t.Errorf("pet.schema.json (-want +got):\n%s", diff)
	}
}

// TestGenerateRefuses: what would be left out of the schema, or be told wrongly, is an error.
func TestGenerateRefuses(t *testing.T) {
	tests := map[string]struct{ fields, rest, want string }{
		"no comment":        {fields: "A string `json:\"a\"`", want: "5:1: A has no comment"},
		"markers only":      {fields: "// +required\nA string `json:\"a\"`", want: "6:1: A has no comment"},
		"unknown marker":    {fields: "// A.\n// +optional\nA string `json:\"a\"`", want: "7:1: unknown marker +optional"},
		"marker not JSON":   {fields: "// A.\n// +default=x\nA string `json:\"a\"`", want: "7:1: marker +default=x: the default must be JSON"},
		"default of a list": {fields: "// A.\n// +default=[]\nA []string `json:\"a\"`", want: "7:1: the default [] is not a value of A"},
		"default of another type": {
			fields: "// A.\n// +default=\"false\"\nA bool `json:\"a\"`", want: `7:1: the default "false" is not a value of A`,
		},
		"default not in the enum": {
			fields: "// A.\n// +default=\"y\"\nA T `json:\"a\"`", rest: "type T string\nconst X T = \"x\"",
			want: `7:1: the default "y" is not a value of A`,
		},
		"required with a default": {
			fields: "// A.\n// +required\n// +default=\"x\"\nA string `json:\"a\"`",
			want:   `8:1: marker +default="x": a required field has no default`,
		},
		"no tag":           {fields: "// A.\nA string", want: "6:1: no json tag"},
		"no name":          {fields: "// A.\nA string `json:\",omitempty\"`", want: "6:1: a field is exported and has a name of its own in its json tag"},
		"left out":         {fields: "// A.\nA string `json:\"-\"`", want: "6:1: a field is exported and has a name of its own in its json tag"},
		"two in one line":  {fields: "// A.\nA, B string `json:\"a\"`", want: "6:1: a field is exported and has a name of its own in its json tag"},
		"unexported":       {fields: "// A.\na string `json:\"a\"`", want: "6:1: a field is exported and has a name of its own in its json tag"},
		"number as string": {fields: "// A.\nA bool `json:\"a,string\"`", want: `6:1: unsupported option "string" in the json tag`},
		"a name twice":     {fields: "// A.\nA string `json:\"kind\"`", want: "6:1: a second field kind"},
		"embedded by name": {
			fields: "T `json:\"t\"`", rest: "// T.\ntype T struct{}",
			want: `5:1: an embedded struct, and nothing else, has the tag json:",inline"`,
		},
		"embedded pointer":     {fields: "*T `json:\",inline\"`", want: "5:1: unsupported type *T"},
		"embedded, not here":   {fields: "T `json:\",inline\"`", want: "5:1: unsupported type T"},
		"float":                {fields: "// A.\nA float64 `json:\"a\"`", want: "6:3: unsupported type float64"},
		"array":                {fields: "// A.\nA [2]string `json:\"a\"`", want: "6:3: unsupported type [2]string"},
		"key of a map":         {fields: "// A.\nA map[T]string `json:\"a\"`", want: "6:3: unsupported type map[T]string"},
		"any":                  {fields: "// A.\nA interface{} `json:\"a\"`", want: "6:3: unsupported type interface{}"},
		"another package":      {fields: "// A.\nA []time.Time `json:\"a\"`", want: "6:5: unsupported type time.Time"},
		"alias":                {fields: "// A.\nA T `json:\"a\"`", rest: "type T = string", want: "6:3: unsupported type T"},
		"list type":            {fields: "// A.\nA T `json:\"a\"`", rest: "type T []string", want: "6:3: unsupported type T"},
		"type parameters":      {fields: "// A.\nA T `json:\"a\"`", rest: "// T.\ntype T[X any] struct{}", want: "9:6: T is not a plain struct"},
		"no fields":            {fields: "// A.\nA T `json:\"a\"`", rest: "// T.\ntype T struct{}", want: "9:6: T has no fields"},
		"type, no comment":     {fields: "// A.\nA T `json:\"a\"`", rest: "type T struct{}", want: "8:6: T has no comment"},
		"type with a marker":   {fields: "// A.\nA T `json:\"a\"`", rest: "// T.\n// +required\ntype T struct{}", want: "10:6: T has a marker, which only fields have"},
		"no constants":         {fields: "// A.\nA T `json:\"a\"`", rest: "type T string", want: "6:3: no constants of type T: if any text will do, make it a string"},
		"computed constant":    {fields: "// A.\nA T `json:\"a\"`", rest: "type T string\nconst X T = \"x\" + \"y\"", want: "9:13: a constant of type T is a plain string"},
		"converted constant":   {fields: "// A.\nA T `json:\"a\"`", rest: "type T string\nconst X = T(\"x\")", want: "9:11: a constant of type T is a plain string"},
		"struct inside itself": {fields: "// A.\nA []Pet `json:\"a\"`", want: "3:6: Pet contains itself, so its schema would be infinite"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := schema.Generate(pet(test.fields, test.rest))
			wantError(t, err, "describe Pet: read pet.go:"+test.want)
		})
	}
}

func TestGenerateNeeds(t *testing.T) {
	tests := map[string]struct{ source, want string }{
		"kinds":        {"package v1", `find kinds: no constant KindX = "X"`},
		"a version":    {"package v1\nconst KindPet = \"Pet\"", `describe Pet: find the version: no constant APIVersion = "GROUP/VERSION"`},
		"the type":     {header, "describe Pet: find the type: no struct of this name"},
		"a TypeMeta":   {header + "// Pet is kept.\ntype Pet struct {\n// A.\nA string `json:\"a\"`\n}", "describe Pet: fix apiVersion to example.com/v1: no such string"},
		"right syntax": {"package v1\nfunc", "parse pet.go:2:5: expected 'IDENT', found 'EOF'"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := schema.Generate(fstest.MapFS{"pet.go": {Data: []byte(test.source)}})
			wantError(t, err, test.want)
		})
	}
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %q", want)
	}
	if got := strings.TrimSpace(err.Error()); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
