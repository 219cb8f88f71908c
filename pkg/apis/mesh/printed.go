package mesh

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// unprinted finds texts and keys with invisible characters, because the content of these files is shown on terminals,
// in INSTALL.md, in commands to copy, and in names of contexts.
func unprinted(doc []byte) []Problem {
	if !mayHide(doc) {
		return nil
	}
	var tree any
	if json.Unmarshal(doc, &tree) != nil {
		return nil // nested too deeply, which peek reports
	}
	return unprintedIn(nil, tree)
}

// mayHide looks for such characters in encoded JSON, because most large documents have none.
func mayHide(doc []byte) bool {
	for i := 0; i < len(doc); {
		if c := doc[i]; c < 0x7f && c != '\\' {
			i++
			continue
		}
		r, size := utf8.DecodeRune(doc[i:])
		escaped := r == '\\' && i+6 <= len(doc) && doc[i+1] == 'u'
		if escaped && !slices.Contains([]string{"003c", "003e", "0026"}, string(doc[i+2:i+6])) {
			return true
		}
		if r >= 0x7f && !printable.Rune(r) {
			return true
		}
		i += size
		if r == '\\' {
			i++
		}
	}
	return false
}

func unprintedIn(at *field.Path, value any) []Problem {
	var problems []Problem
	switch value := value.(type) {
	case string:
		return hidden(at, value)
	case []any:
		for i, element := range value {
			problems = append(problems, unprintedIn(at.Index(i), element)...)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			below := at.Child(key)
			problems = append(problems, hidden(below, key)...)
			problems = append(problems, unprintedIn(below, value[key])...)
		}
	}
	return problems
}

// hidden is the problem of one text. Line breaks and tabs are allowed, because certificates contain them; a field of
// one line rejects them itself.
func hidden(at *field.Path, text string) []Problem {
	plain := strings.NewReplacer("\n", " ", "\r\n", " ", "\t", " ").Replace(text)
	place := printable.Invisible(plain)
	if place < 0 {
		return nil
	}
	sign, _ := utf8.DecodeRuneInString(plain[place:])
	return []Problem{{Severity: SeverityError, Field: at.String(),
		Message: fmt.Sprintf("Invalid value: %s: contains the unprintable character %U", quoted(text), sign),
		Hint:    "remove it: it makes the text look like another one"}}
}

// quoted is the beginning of a text, in ASCII.
func quoted(text string) string { return fmt.Sprintf("%+q", echo(text)) }
