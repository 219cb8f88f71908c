package strict

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// CheckText refuses what is not one YAML document of readable text: NUL and other characters that are no
// YAML or that end a line for YAML but for hardly an editor, other encodings than UTF-8, and a second
// document, which YAML readers drop without a word. It returns the line, 0 for the text as a whole, and
// what is wrong, "" for nothing.
func CheckText(text []byte) (line int, wrong string) {
	if offset := bytes.IndexByte(text, 0); offset >= 0 {
		return lineAt(text, offset), "holds a NUL byte"
	}
	if !utf8.Valid(text) {
		return 0, "is not UTF-8 text"
	}
	if offset := strange(text); offset >= 0 {
		sign, _ := utf8.DecodeRune(text[offset:])
		return lineAt(text, offset), fmt.Sprintf("holds the character %U", sign)
	}
	if line := secondDocument(text); line > 0 {
		return line, "has a second YAML document"
	}
	return 0, ""
}

func lineAt(text []byte, offset int) int { return 1 + bytes.Count(text[:offset], []byte("\n")) }

// Parts counts the lines, commas, brackets and dashes of a text. A YAML parser makes no more nodes of it.
func Parts(text []byte) int {
	count := 0
	for _, sign := range []string{"\n", ",", "[", "{", "- ", "? "} {
		count += bytes.Count(text, []byte(sign))
	}
	return count
}

// strange returns the offset of the first character that is no YAML, or that ends a line for YAML and for
// hardly an editor, or -1. What follows such a character in a comment is none to the parser: a reviewer
// would not see what is read.
func strange(text []byte) int {
	for i, sign := range string(text) {
		switch {
		case sign == '\t' || sign == '\n' || sign >= ' ' && sign <= '~':
		case sign == '\r' && i+1 < len(text) && text[i+1] == '\n':
		case sign < '\u00a0' || sign == '\u2028' || sign == '\u2029' || sign == '\ufeff' || sign == '\ufffe' || sign == '\uffff':
			return i
		}
	}
	return -1
}

// secondDocument returns the line of the marker behind which a second document begins, or 0. Such a marker
// in the first column is one everywhere, block scalars included (YAML 1.2, 9.1.2).
func secondDocument(text []byte) int {
	number, marker, content := 0, 0, false
	for line := range bytes.Lines(text) {
		number++
		words := bytes.TrimSpace(line)
		if rest, ok := afterMarker(line); ok {
			words = rest
			if content {
				marker = number
			}
		}
		switch {
		case len(words) == 0 || words[0] == '#' || words[0] == '%':
		case marker > 0:
			return marker
		default:
			content = true
		}
	}
	return 0
}

// afterMarker returns what follows --- or ... at the start of a line.
func afterMarker(line []byte) ([]byte, bool) {
	if !bytes.HasPrefix(line, []byte("---")) && !bytes.HasPrefix(line, []byte("...")) {
		return nil, false
	}
	rest := line[3:]
	return bytes.TrimSpace(rest), len(rest) == 0 || rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\r' || rest[0] == '\n'
}
