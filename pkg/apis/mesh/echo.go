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

// maxEcho is the longest value, in characters, that a problem repeats as a whole. What is
// longer and no name is likely to have been pasted by mistake, and may be a secret.
const maxEcho = 40

// maxField is the longest path of a field that is printed as a whole.
const maxField = 300

// echo is what a problem repeats of a value that is wrong: its beginning, where it is long.
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

// echoed is an error of structure with no more of its value than that.
func echoed(err field.Error) *field.Error {
	value := reflect.ValueOf(err.BadValue)
	if _, isNumber := err.BadValue.(json.Number); !isNumber && value.Kind() == reflect.String {
		err.BadValue = echo(value.String())
	}
	return &err
}

// escape escapes what would not stay on its line, or move the cursor of a terminal.
func escape(text string) string { return printable.Escape(text) }

// shorten cuts a text in the middle of nowhere: more of it helps nobody.
func shorten(text string) string {
	if utf8.RuneCountInString(text) <= maxField {
		return text
	}
	return fmt.Sprintf("%.*s...", maxField, text)
}
