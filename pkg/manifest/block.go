package manifest

import (
	"slices"
	"strings"
)

// block writes a text of several lines as a literal block. It leaves no trace if it returns false.
func (e *encoder) block(s string, at place) bool {
	if s[0] == ' ' || s[0] == '\n' {
		return false
	}
	start := len(e.out)
	e.out = slices.Grow(e.out, len(" |+\n")+len(s)+(strings.Count(s, "\n")+1)*(at.indent+step)+1)
	e.out = append(e.out, " |"...)
	e.out = append(e.out, chomping(s)...)
	e.out = append(e.out, '\n')
	for line := range strings.Lines(s) {
		if line != "\n" {
			e.out = appendSpaces(e.out, at.indent+step)
		}
		if !isBlockLine(line) {
			e.out = e.out[:start]
			return false
		}
		e.out = append(e.out, line...)
	}
	if s[len(s)-1] != '\n' {
		e.out = append(e.out, '\n')
	}
	return true
}

// chomping returns what tells a reader how many line breaks end the text, if it is not one.
func chomping(s string) string {
	switch {
	case !strings.HasSuffix(s, "\n"):
		return "-"
	case strings.HasSuffix(s, "\n\n"):
		return "+"
	default:
		return ""
	}
}

// isBlockLine reports whether a line certainly may stand in a block: nothing to escape, no space at its end.
func isBlockLine(line string) bool {
	line = strings.TrimSuffix(line, "\n")
	return !strings.HasSuffix(line, " ") && isPrintable(line)
}
