package strict

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Parts counts the lines, commas, brackets and dashes of a text. A YAML parser creates no more nodes from it.
func Parts(text []byte) int {
	count := 0
	for _, sign := range []string{"\n", ",", "[", "{", "- ", "? "} {
		count += bytes.Count(text, []byte(sign))
	}
	return count
}

// Unreadable returns the offset of the first character that is not allowed in YAML, or that ends a line in YAML but in
// hardly any editor, or that changes the direction of the following text; or -1. After such a character, a comment may
// end for the parser, or read differently: reviewers would not see what is parsed.
func Unreadable(text []byte) int {
	for i, size := 0, 0; i < len(text); i += size {
		if sign := text[i]; sign == '\t' || sign == '\n' || sign >= ' ' && sign <= '~' {
			size = 1
			continue
		}
		var sign rune
		switch sign, size = utf8.DecodeRune(text[i:]); {
		case sign == '\r' && i+1 < len(text) && text[i+1] == '\n':
		case unicode.Is(unicode.Bidi_Control, sign), sign < '\u00a0', sign == '\u2028', sign == '\u2029',
			sign == '\ufeff', sign == '\ufffe', sign == '\uffff':
			return i
		}
	}
	return -1
}

// SecondDocument returns the line of the marker before a second document, or 0. YAML readers would silently drop that
// document. Such a marker in the first column ends a document everywhere, including in block scalars (YAML 1.2, 9.1.2).
func SecondDocument(text []byte) int {
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
