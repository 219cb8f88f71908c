package markdown

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// plain are the characters without a meaning in Markdown or Mermaid, within a line and anywhere in it.
const literal = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,;()/'-+=%?"

// coded are more characters without a meaning in a code span of a table.
const coded = literal + ":_@*[]~#$"

// Cell escapes a text for a cell of a Markdown table, as text and never markup. An entity is text whatever character it
// represents (https://github.github.com/gfm/#entity-and-numeric-character-references).
func Cell(text string) string {
	if text = strings.TrimSpace(printable.Escape(text)); text == "" {
		return "–"
	}
	parts := strings.Split(text, ": ") // before a space, a colon ends neither a link's scheme nor an emoji's name
	for i := range parts {
		parts[i] = escaped(parts[i], "&#%d;")
	}
	return strings.Join(parts, ": ")
}

// Cells escapes several texts, a cell each.
func Cells(texts ...string) []string {
	cells := make([]string, len(texts))
	for i, text := range texts {
		cells[i] = Cell(text)
	}
	return cells
}

// CellCode returns a text as a code span, which readers can copy, or as plain text if a span cannot contain it.
func CellCode(text string) string {
	if text = strings.TrimSpace(text); text == "" || strings.Trim(text, coded) != "" {
		return Cell(text)
	}
	return "`" + text + "`"
}

// CellCodes are several texts as code spans.
func CellCodes(texts []string) string {
	if len(texts) == 0 {
		return Cell("")
	}
	spans := make([]string, len(texts))
	for i, text := range texts {
		spans[i] = CellCode(text)
	}
	return strings.Join(spans, ", ")
}

// MermaidLabel escapes a text for a quoted Mermaid label, which has its own entities
// (https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters).
func MermaidLabel(text string) string { return escaped(printable.Escape(text), "#%d;") }

// escaped replaces each ASCII character that is not plain with an entity.
func escaped(text, entity string) string {
	var b strings.Builder
	for _, r := range text {
		if r < 0x80 && !strings.ContainsRune(literal, r) {
			fmt.Fprintf(&b, entity, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
