package manifest

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// foreign writes what encoding/json makes of a value: the value has its own idea of its JSON, or its type
// needs rules which are not repeated here.
func (e *encoder) foreign(v reflect.Value, at place) bool {
	if !v.CanInterface() {
		return false
	}
	text, err := json.Marshal(v.Interface())
	if err != nil || !isTame(text) {
		return false
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var decoded any
	if err := decoder.Decode(&decoded); err != nil {
		return false
	}
	return e.value(reflect.ValueOf(decoded), at)
}

// isTame reports whether a JSON reader and the library, which reads JSON as YAML, certainly agree on text.
// They differ over some escapes, some control characters and what is no UTF-8.
func isTame(text []byte) bool {
	for _, c := range text {
		if c > '~' || c == '\\' {
			return false
		}
	}
	return true
}
