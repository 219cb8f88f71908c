package manifest

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/yaml"
)

// scalarByLibrary writes a scalar which is no text.
func (e *encoder) scalarByLibrary(v reflect.Value, at place) bool {
	return v.CanInterface() && e.byLibrary(v.Interface(), at)
}

// byLibrary has the library write one scalar in a small document, at the same column as here, because the
// column decides where a long line is folded, and takes it over.
func (e *encoder) byLibrary(scalar any, at place) bool {
	text, err := json.Marshal(scalar)
	if err != nil || at.lead == atRoot {
		return false
	}
	front, back, lines := e.surroundings(at)
	doc, err := yaml.JSONToYAML([]byte(front + string(text) + back))
	if err != nil {
		return false
	}
	for range lines {
		_, doc, _ = bytes.Cut(doc, []byte{'\n'})
	}
	e.out = append(e.out, doc[e.column(at):]...)
	return true
}

// surroundings returns JSON to put around a scalar so that it gets to the column it has here, and how many
// lines the library writes above it.
func (e *encoder) surroundings(at place) (front, back string, lines int) {
	lines = at.indent / step
	front, back = strings.Repeat(`{"k":`, lines), strings.Repeat("}", lines)
	if at.lead == afterDash {
		return front + `{"k":[`, "]}" + back, lines + 1
	}
	key := strings.Repeat("k", e.column(at)-at.indent-len(":"))
	return front + `{"` + key + `":`, "}" + back, lines
}

// column returns where the scalar starts on the library's line.
func (e *encoder) column(at place) int {
	if at.lead == afterDash {
		return at.indent + len("-")
	}
	// Beyond the width all columns are alike, and a key must not get too long.
	return min(utf8.RuneCount(e.out[e.line:]), at.indent+width+len(":"))
}
