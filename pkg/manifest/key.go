package manifest

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/yaml"
)

// longestKey is the longest key that the library writes without a question mark in front.
const longestKey = 128

// key writes a key of a mapping with its colon.
func (e *encoder) key(s string) (ok bool) {
	e.out, ok = appendKey(e.out, s)
	return ok
}

// appendKey returns false for a key that changes the layout of its mapping.
func appendKey(out []byte, s string) ([]byte, bool) {
	if len(s) > longestKey {
		return out, false
	}
	st := styleOf(s)
	if st == styleUnsure {
		return appendKeyByLibrary(out, s)
	}
	return append(appendStyled(out, s, st), ':'), true
}

// appendKeyByLibrary has the key written in a mapping of its own. A key is never folded, so it does not
// matter where it stands.
func appendKeyByLibrary(out []byte, s string) ([]byte, bool) {
	if !utf8.ValidString(s) || strings.ContainsAny(s, "\n\r\u0085\u2028\u2029") {
		return out, false
	}
	text, err := json.Marshal(map[string]int{s: 0})
	if err != nil {
		return out, false
	}
	doc, err := yaml.JSONToYAML(text)
	if err != nil {
		return out, false
	}
	key, ok := bytes.CutSuffix(doc, []byte(" 0\n"))
	return append(out, key...), ok
}
