package markdown

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// plain are the characters that mean nothing to Markdown or Mermaid, within a line and wherever they stand in it.
const literal = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,;()/'-+=%?"

// coded are further characters that mean nothing in a code span of a table.
const coded = literal + ":_@*[]~#$"

// Cell is a text as the content of a cell of a Markdown table: what it says, and never markup. An entity is text
// whatever character it stands for (https://github.github.com/gfm/#entity-and-numeric-character-references).
func Cell(text string) string {
	if text = strings.TrimSpace(printable.Escape(text)); text == "" {
		return "–"
	}
	parts := strings.Split(text, ": ") // before a blank, a colon ends no scheme of a link and no name of an emoji
	for i := range parts {
		parts[i] = escaped(parts[i], "&#%d;")
	}
	return strings.Join(parts, ": ")
}

// Cells are several texts, a cell each.
func Cells(texts ...string) []string {
	cells := make([]string, len(texts))
	for i, text := range texts {
		cells[i] = Cell(text)
	}
	return cells
}

// CellCode is a text as a code span, which a reader can copy; as plain text where a span could not hold it.
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

// MermaidLabel is a text within the quotes of a Mermaid label, which has entities of its own
// (https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters).
func MermaidLabel(text string) string { return escaped(printable.Escape(text), "#%d;") }

// escaped writes each character of ASCII that is not plain as an entity.
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
