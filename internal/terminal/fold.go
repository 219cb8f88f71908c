package terminal

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// hangingColumns is the indentation of continuation lines.
const hangingColumns = 2

// Width returns the number of columns of a text: East Asian characters have two.
func Width(text string) int {
	columns := 0
	for _, r := range text {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			columns += 2
		default:
			columns++
		}
	}
	return columns
}

// Fold wraps a line that is too long for the terminal between words, and indents the rest. A word that is too long
// stays whole: paths and fingerprints are copied in one piece.
func (l Look) Fold(line string, indent int) string {
	if l.Columns == 0 || Width(line) <= l.Columns {
		return line
	}
	leading := len(line) - len(strings.TrimLeft(line, " "))
	pieces := FoldTo(l.Columns-leading, line[leading:], indent)
	for i := range pieces {
		pieces[i] = strings.Repeat(" ", leading) + pieces[i]
	}
	return strings.Join(pieces, "\n")
}

// FoldTo wraps a text to a number of columns; all lines but the first are indented.
func FoldTo(columns int, text string, indent int) []string {
	var lines []string
	line, taken := "", 0
	for _, word := range strings.Fields(text) {
		columnsOfWord := Width(word)
		switch {
		case line == "":
		case taken+1+columnsOfWord > columns:
			lines, line, taken = append(lines, line), strings.Repeat(" ", indent), indent
		default:
			line, taken = line+" ", taken+1
		}
		line, taken = line+word, taken+columnsOfWord
	}
	return append(lines, line)
}

// foldAdvice wraps advice. Commands are copied, so the text from a command on stays on one line.
func (l Look) foldAdvice(line string) string {
	prose, command, found := strings.Cut(line, "kubectl ")
	if !found {
		return l.Fold(line, hangingColumns)
	}
	if l.Columns == 0 || Width(line) <= l.Columns || strings.TrimSpace(prose) == strings.TrimSpace(hintMark) {
		return line
	}
	indent := strings.Repeat(" ", hangingColumns)
	return l.Fold(strings.TrimRight(prose, " "), hangingColumns) + "\n" + indent + "kubectl " + command
}
