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
	return foldPieces(columns, strings.Fields(text), indent)
}

// foldPieces wraps words to a number of columns, as FoldTo does.
func foldPieces(columns int, words []string, indent int) []string {
	var lines []string
	line, taken := "", 0
	for _, word := range words {
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

// foldAdvice wraps advice behind its mark. Commands are copied, so each stays on one line.
func (l Look) foldAdvice(advice string) string {
	line := hintMark + advice
	words := pieces(advice)
	if l.Columns == 0 || Width(line) <= l.Columns || len(words) == 0 {
		return line
	}
	words[0] = hintMark + words[0]
	return strings.Join(foldPieces(l.Columns, words, hangingColumns), "\n")
}

// pieces splits a text into words, and keeps each command in one piece: from kubectl to the next comma or semicolon
// outside quotes.
func pieces(text string) []string {
	const program = "kubectl "
	var all []string
	for text != "" {
		prose, rest, found := strings.Cut(text, program)
		all = append(all, strings.Fields(prose)...)
		if !found {
			break
		}
		end := commandEnd(rest)
		all = append(all, program+strings.TrimRight(rest[:end], " "))
		text = rest[end:]
	}
	return all
}

// commandEnd returns the index after the command at the start of a text, punctuation included.
func commandEnd(text string) int {
	var quote rune
	for i, r := range text {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '\'' || r == '"':
			quote = r
		case strings.ContainsRune(";,", r) && strings.HasPrefix(text[i+1:]+" ", " "):
			return i + 1
		}
	}
	return len(text)
}
