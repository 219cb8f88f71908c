package strict_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// object has a field of each kind that documents of ours have.
type object struct {
	Kind     string            `json:"kind,omitempty"`
	Count    int               `json:"count,omitempty"`
	On       bool              `json:"on,omitempty"`
	Labels   map[string]string `json:"labels,omitempty"`
	Data     []byte            `json:"data,omitempty"`
	Stanzas  []stanza          `json:"stanzas,omitempty"`
	Template *stanza           `json:"template,omitempty"`
}

type stanza struct {
	Enc string `json:"enc,omitempty"`
}

func TestYAMLTakes(t *testing.T) {
	for what, test := range map[string]struct {
		text string
		want object
	}{
		"block style":       {"kind: a\ncount: 12\n\"on\": true\nlabels:\n  a/b: c\nstanzas:\n- enc: |\n    x\n    y\n", object{Kind: "a", Count: 12, On: true, Labels: map[string]string{"a/b": "c"}, Stanzas: []stanza{{"x\ny\n"}}}},
		"JSON":              {`{"kind": "a", "template": {"enc": "\u0073"}}`, object{Kind: "a", Template: &stanza{"s"}}},
		"byte order mark":   {"\ufeffkind: a\n", object{Kind: "a"}},
		"CRLF":              {"kind: a\r\nstanzas:\r\n- enc: |\r\n    x\r\n", object{Kind: "a", Stanzas: []stanza{{"x\n"}}}},
		"marker and end":    {"# a comment\n---\nkind: a\n...\n# the end\n", object{Kind: "a"}},
		"null":              {"kind:\nlabels: ~\n", object{}},
		"quoted words":      {"kind: 'yes'\nlabels: {\"on\": \"1\", 'null': \"2001-01-01\"}\n", object{Kind: "yes", Labels: map[string]string{"on": "1", "null": "2001-01-01"}}},
		"letter like a key": {"labels: {kind: a, k\u0131nd: b}\n", object{Labels: map[string]string{"kind": "a", "k\u0131nd": "b"}}},
		"base64":            {"data: aGk=\n", object{Data: []byte("hi")}},
	} {
		var got object
		if err := strict.YAML([]byte(test.text), &got); err != nil {
			t.Errorf("%s: %v", what, err)
		} else if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}

func TestYAMLRefuses(t *testing.T) {
	long := strings.Repeat("k", 64)
	for text, want := range map[string]string{
		"":                                  "the document is empty",
		"a":                                 "the document is not a YAML mapping",
		"- a":                               "the document is not a YAML mapping",
		"kind: {":                           "the document is not YAML: see line 1",
		"kind: a\nkind: b":                  "kind: duplicate field",
		"kind: a\n\"k\\u0069nd\": b":        "kind: duplicate field",
		"labels: {a: b, a: c}":              "labels.a: duplicate field",
		"template: {enc: a, ? enc : b}":     "template.enc: duplicate field",
		"Kind: a":                           "Kind: unknown field",
		"kind: a\nKind: b":                  "Kind: differs from kind in letter case only",
		"labels: {s: a, \u017f: b}":         "labels.\u017f: differs from s in letter case only",
		"\u212aind: a":                      "\u212aind: unknown field", // the sign for kelvin
		"status: {a: b}\nstanzas: [{x: z}]": "status: unknown field; stanzas[0].x: unknown field",
		"a.b/c: d":                          "a[b/c]: unknown field",
		long + ": a":                        "[kkkkkkkkkkkk... (64 characters)]: unknown field",
		"\"a\\eb\": a":                      `["a\x1bb"]: contains the character U+001B`,
		"\"\": a":                           `[""]: unknown field`,
		"a: " + strings.Repeat("[", 40) + strings.Repeat("]", 40): "the document is nested deeper than 32 levels",
		"kind: &a b":                  "kind: has an anchor: remove it",
		"kind: &a b\nlabels: {a: *a}": "kind: has an anchor: remove it; labels.a: is an alias: replace it with its value",
		"labels: &a {<<: *a}":         "labels: has an anchor: remove it; labels: merges another mapping: replace it with its fields",
		"labels: {<<: {a: b}}":        "labels: merges another mapping: replace it with its fields",
		"? &a kind\n: b":              "kind: is a key that is not text to every YAML reader: quote it",
		"kind: !!str b":               "kind: has a tag: remove it",
		"kind: !foo b":                "kind: has a tag: remove it",
		"!!str kind: b":               "kind: is a key that is not text to every YAML reader: quote it",
		"labels: {1: a, \"1\": b}":    "labels.1: is a key that is not text to every YAML reader: quote it",
		"labels: {on: a}":             "labels.on: is a key that is not text to every YAML reader: quote it",
		"labels: {~: a}":              "labels.~: is a key that is not text to every YAML reader: quote it",
		"labels: {[a]: b}":            "labels: has a key that is not text",
		"kind: yes":                   "kind: is text to some YAML readers only: quote it",
		"kind: ! off":                 "kind: is text to some YAML readers only: quote it",
		"kind: 010":                   "kind: is not text to every YAML reader: quote it",
		"kind: 1_000":                 "kind: is not text to every YAML reader: quote it",
		"kind: 1.5":                   "kind: is not text to every YAML reader: quote it",
		"kind: 2001-01-01":            "kind: is not text to every YAML reader: quote it",
		"kind: .inf":                  "kind: is not text to every YAML reader: quote it",
		"kind: 12":                    "kind: must be a string, and is a number",
		"kind: true":                  "kind: must be a string, and is a boolean",
		"kind: {a: b}":                "kind: must be a string, and is a mapping",
		"kind: [a]":                   "kind: must be a string, and is a list",
		"count: a":                    "count: must be a number, and is a string",
		"on: a":                       "on: is a key that is not text to every YAML reader: quote it",
		"\"on\": a":                   "on: must be a boolean, and is a string",
		"labels: [a]":                 "labels: must be a mapping, and is a list",
		"stanzas: {a: b}":             "stanzas: must be a list, and is a mapping",
		"template: a":                 "template: must be a mapping, and is a string",
		"data: a b":                   "the document has a base64 string that cannot be decoded",
		"kind: a\n---\nkind: b":       "the document has a second YAML document",
		"kind: a\n...\nkind: b":       "the document has a second YAML document",
		"kind: |\n  a\n--- b":         "the document has a second YAML document",
		"%YAML 1.1\n---\nkind: a":     "the document has a YAML directive: remove the line that begins with %",
		"kind: a\x00":                 "the document contains the character U+0000",
		"kind: \xff":                  "the document is not UTF-8 text",
		"\xff\xfek\x00":               "the document is not UTF-8 text",
		"kind: a # b\u2028kind: c":    "the document contains the character U+2028",
		"kind: \"a\\Nb\"":             "kind: contains the character U+0085",
		"labels: {\"a\\u2028\": b}":   "labels[\"a\\u2028\"]: contains the character U+2028",
		"kind: a\rkind: b":            "the document contains the character U+000D",
		"\ufeff\ufeffkind: a":         "the document contains the character U+FEFF",
		"kind: " + strings.Repeat("a", strict.MaxSize):     "the document is larger than 4 MiB or 50000 lines",
		"stanzas: [" + strings.Repeat("{},", 50_000) + "]": "the document is larger than 4 MiB or 50000 lines",
		"stanzas: [" + strings.Repeat("{a: b},", 30) + "]": "stanzas[0].a: unknown field; " + numbered(1, 20, "stanzas[%d].a: unknown field; ") + "10 more problems",
	} {
		var got object
		err := strict.YAML([]byte(text), &got)
		if fmt.Sprint(err) != want {
			t.Errorf("%.60q: got %v, want %s", text, err, want)
		}
		if problem := (strict.Problem{}); err != nil && !errors.As(err, &problem) {
			t.Errorf("%.60q: %T holds no Problem", text, err)
		}
	}
}

func numbered(from, to int, format string) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestJSONRefuses(t *testing.T) {
	type lenient struct {
		Issuer string          `json:"issuer"`
		Raw    json.RawMessage `json:"raw"`
	}
	for text, want := range map[string]string{
		`{"issuer": "a", "issuer": "b"}`:      "issuer: duplicate field",
		`{"issuer": "a", "\u0069ssuer": "b"}`: "issuer: duplicate field",
		`{"issuer": 12345}`:                   "issuer: must be a string, and is a number",
		`{"issuer": "a"} x`:                   "the document is not JSON",
		`{"issuer": "a"`:                      "the document is not JSON",
		"{\"issuer\": \"\xff\"}":              "the document is not UTF-8 text",
		"":                                    "the document is not JSON",
		strings.Repeat("[", 20_000):           "the document is not JSON",
		`"` + strings.Repeat("a", strict.MaxSize) + `"`: "the document is larger than 4 MiB",
	} {
		var got lenient
		if err := strict.JSON([]byte(text), &got, strict.AllowUnknownFields); fmt.Sprint(err) != want {
			t.Errorf("%.60q: got %v, want %s", text, err, want)
		}
	}
	var got lenient
	if err := strict.JSON([]byte(`{"Issuer": "evil", "issuer": "a", "other": {"a": 1, "a": 2}}`), &got, strict.AllowUnknownFields); err != nil || got.Issuer != "a" {
		t.Errorf("a key in another case: %+v, %v", got, err)
	}
	if err := strict.JSON([]byte(`{"Issuer": "evil", "issuer": "a"}`), &got); fmt.Sprint(err) != "Issuer: unknown field" {
		t.Errorf("a key in another case: %v", err)
	}
}

// What stands where a key belongs may be a secret.
func TestErrorsShowNoLongKeys(t *testing.T) {
	const token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJTRUNSRVRTRUNSRVRTRUNSRVQifQ.U0VDUkVUU0VDUkVUU0VDUkVUU0VDUkVUU0VDUkVU"
	for _, text := range []string{token + ": a", "labels: {" + token + ": 1}", "template: {" + token + ": a, " + token + ": b}", "kind: 1\n" + token + ": {" + token + ": {a: b}}"} {
		var got object
		err := strict.YAML([]byte(text), &got)
		if err == nil || strings.Contains(err.Error(), token[40:60]) || strings.Contains(err.Error(), token[80:]) {
			t.Errorf("%s: %v", text, err)
		}
		if err := strict.JSON([]byte(`{"`+token+`": 1}`), &got); err == nil || strings.Contains(err.Error(), token[40:60]) {
			t.Errorf("as JSON: %v", err)
		}
	}
}

// TestYAMLStops: a document that is wrong all over is refused soon. Each problem names its path, and a key of the
// document may be as long as it is.
func TestYAMLStops(t *testing.T) {
	var got object
	err := strict.YAML([]byte("? "+strings.Repeat("k", 1<<16)+"\n:\n"+strings.Repeat("  a: b\n", 5000)), &got)
	if err == nil || !strings.HasSuffix(err.Error(), "; 1 more problems") {
		t.Errorf("got %v", err)
	}
}
