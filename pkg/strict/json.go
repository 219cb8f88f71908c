package strict

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	kjson "sigs.k8s.io/json"
)

// MaxSize bounds a document, in bytes: Kubernetes limits an object to one MiB, and ciphertext is longer.
const MaxSize = 4 << 20

// Option changes what is rejected.
type Option int

const (
	// AllowUnknownFields ignores keys that a struct does not have, including those that differ from a known key only in
	// letter case.
	AllowUnknownFields Option = iota + 1
	// ManyLines accepts ten times as many lines as a Secret has.
	ManyLines
)

// JSON decodes the only JSON value of a text, of at most MaxSize, into a value with the known keys. It rejects unknown
// and duplicate keys at any level, and invalid UTF-8. The decoder does not look into a json.RawMessage: decode that
// separately.
func JSON(text []byte, into any, options ...Option) error {
	if len(text) > MaxSize {
		return Problems{{Message: "the document is larger than 4 MiB"}}
	}
	return LargeJSON(text, into, options...)
}

// LargeJSON is JSON for a text whose size the caller has bounded.
func LargeJSON(text []byte, into any, options ...Option) error {
	if !utf8.Valid(text) {
		return Problems{{Message: "the document is not UTF-8 text"}}
	}
	checks := []kjson.StrictOption{kjson.DisallowDuplicateFields}
	if !slices.Contains(options, AllowUnknownFields) {
		checks = append(checks, kjson.DisallowUnknownFields)
	}
	found, err := kjson.UnmarshalStrict(text, into, checks...)
	if problems, ok := errors.AsType[Problems](err); ok { // of a type with its own decoder
		return problems
	}
	if err != nil {
		return Problems{problemOf(err)}
	}
	var problems Problems
	for _, err := range found {
		problems = append(problems, problemOf(err))
	}
	return problems.err()
}

// problemOf converts a decoder's error to one that repeats no value.
func problemOf(err error) Problem {
	if problem, ok := errors.AsType[Problem](err); ok {
		return problem
	}
	var field kjson.FieldError
	if errors.As(err, &field) {
		message := "unknown field"
		if strings.HasPrefix(err.Error(), "duplicate field") {
			message = "duplicate field"
		}
		return Problem{Field: shownPath(field.FieldPath()), Message: message}
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		kind, _, _ := strings.Cut(wrong.Value, " ") // a number follows its kind
		return Problem{Field: wrong.Field, Message: "must be " + typeName(wrong.Type) + ", and is " + withArticle(kind)}
	}
	if _, ok := errors.AsType[base64.CorruptInputError](err); ok {
		return Problem{Message: "the document has a base64 string that cannot be decoded"}
	}
	return Problem{Message: "the document is not JSON"}
}

// shownPath makes a decoder's path, which contains the document's keys, safe for an error. From the first key on that
// is no field name, the rest is treated as one key, which can contain dots.
func shownPath(path string) string {
	field, parent := regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]{0,30}|\[[0-9]+\])(\[[0-9]+\])*\.`), ""
	for {
		step := field.FindString(path)
		if step == "" {
			return At(strings.TrimSuffix(parent, "."), path)
		}
		parent, path = parent+step, path[len(step):]
	}
}

// typeName returns the JSON name of a Go type.
func typeName(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "a boolean"
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return "a base64 string"
		}
		return "a list"
	case reflect.Map, reflect.Struct:
		return "a mapping"
	default:
		return "a number"
	}
}

func withArticle(kind string) string {
	switch kind {
	case "array":
		return "a list"
	case "object":
		return "a mapping"
	case "bool":
		return "a boolean"
	default:
		return "a " + kind
	}
}
