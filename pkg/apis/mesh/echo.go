package mesh

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// maxEcho is the length, in characters, up to which a problem repeats a value. A longer value that is not a name was
// probably pasted by mistake, and can be a secret.
const maxEcho = 40

// maxField is the length up to which a field path is printed.
const maxField = 300

// echo returns what a problem repeats of a value: all of it, or the beginning of a long one.
func echo(value string) string {
	length := utf8.RuneCountInString(value)
	switch {
	case strings.Contains(value, "://") && strings.Contains(value, "@"):
		return "[not shown]" // it may hold a password
	case length <= maxEcho || len(validation.IsDNS1123Label(value)) == 0:
		return value
	case strings.Contains(value, "://"):
		return fmt.Sprintf("%.*s... (%d characters)", maxEcho, value, length)
	}
	return fmt.Sprintf("%.12s... (%d characters)", value, length)
}

// echoed returns a structural error with a shortened value.
func echoed(err field.Error) *field.Error {
	value := reflect.ValueOf(err.BadValue)
	if _, isNumber := err.BadValue.(json.Number); !isNumber && value.Kind() == reflect.String {
		err.BadValue = echo(value.String())
	}
	return &err
}

// escape escapes characters that break a line or move a terminal's cursor.
func escape(text string) string { return printable.Escape(text) }

// shorten truncates a text in the middle.
func shorten(text string) string {
	if utf8.RuneCountInString(text) <= maxField {
		return text
	}
	return fmt.Sprintf("%.*s...", maxField, text)
}
