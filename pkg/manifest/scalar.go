package manifest

import "strings"

// style is how a text of one line is written.
type style uint8

const (
	// styleUnsure leaves the text to the library.
	styleUnsure style = iota
	stylePlain
	// styleSingle and styleDouble put the text between quotes as it is: nothing in it needs an escape.
	styleSingle
	styleDouble
)

// width is where the library begins to fold a line, at the next space.
const width = 80

// text writes a string as a value. A text on its own has rules of its own, and no manifest is one.
func (e *encoder) text(s string, at place) bool {
	if at.lead == atRoot {
		return false
	}
	if strings.IndexByte(s, '\n') >= 0 {
		return e.block(s, at) || e.byLibrary(s, at)
	}
	st := styleOf(s)
	if st == styleUnsure || e.mayFold(s) {
		return e.byLibrary(s, at)
	}
	e.out = append(e.out, ' ')
	e.out = appendStyled(e.out, s, st)
	e.out = append(e.out, '\n')
	return true
}

// mayFold counts bytes where the library counts characters: too many, never too few.
func (e *encoder) mayFold(s string) bool {
	return len(e.out)-e.line+1+len(s) > width && strings.IndexByte(s, ' ') >= 0
}

func appendStyled(out []byte, s string, st style) []byte {
	switch st {
	case styleSingle:
		out = append(out, '\'')
		out = append(out, s...)
		return append(out, '\'')
	case styleDouble:
		out = append(out, '"')
		out = append(out, s...)
		return append(out, '"')
	default:
		return append(out, s...)
	}
}

// styleOf looks at the first character, because YAML does: it decides what else the text could be.
func styleOf(s string) style {
	if s == "" {
		return styleDouble
	}
	switch c := s[0]; {
	case isWord(s):
		return styleDouble
	case isLetter(c), c == '/', c == '_':
		return styleIf(stylePlain, isPlain(s))
	case isDigit(c):
		return digitStyle(s)
	case c == '.':
		return styleIf(stylePlain, isPlain(s) && isPath(s))
	case c == '*':
		return styleIf(styleSingle, isPlain(s) && strings.IndexByte(s, '\'') < 0)
	default:
		return styleUnsure
	}
}

func styleIf(st style, certain bool) style {
	if certain {
		return st
	}
	return styleUnsure
}

// isWord reports whether s means a boolean or null to YAML 1.1 when it has no quotes.
func isWord(s string) bool {
	switch s {
	case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE",
		"n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE",
		"null", "Null", "NULL", "~":
		return true
	}
	return false
}

// digitStyle tells numbers from addresses, versions and base64.
func digitStyle(s string) style {
	if len(s) <= 18 && strings.Trim(s, "0123456789") == "" {
		return styleDouble
	}
	return styleIf(stylePlain, isPlain(s) && isNoNumber(s))
}

// isNoNumber reports whether s, which starts with a digit, is certainly no number, date or time. Those have
// one dot at most, and of all letters only some.
func isNoNumber(s string) bool {
	return strings.Count(s, ".") > 1 || strings.ContainsAny(s, "/=ghijklmnqrsuvwyGHIJKLMNQRSUVWY")
}

// isPath reports whether s, which starts with a dot, is certainly no number and no end of a document.
func isPath(s string) bool {
	return strings.IndexByte(s, '/') >= 0 && !strings.HasPrefix(s, "...")
}

// isPlain reports whether s certainly needs no quotes, given that its first character asks for none.
func isPlain(s string) bool {
	return isPrintable(s) && s[len(s)-1] != ' ' && s[len(s)-1] != ':' &&
		!strings.Contains(s, ": ") && !strings.Contains(s, " #")
}

// isPrintable tells whether s has visible ASCII and spaces only. Most of a stream is base64, of which every byte passes
// here.
func isPrintable(s string) bool {
	for i := range len(s) {
		if s[i]-' ' > '~'-' ' { // below the space it wraps around
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
