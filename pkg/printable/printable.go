// Package printable recognizes visible characters. External text is shown on terminals, in reviews and in scripts:
// characters that move the cursor, change the direction of the text or are invisible make it read differently.
package printable

import (
	"strconv"
	"strings"
	"unicode"
)

// Rune reports whether a character is visible: letters, marks, numbers, punctuation, symbols and the ASCII space, but
// none that Unicode allows fonts to omit.
func Rune(r rune) bool {
	if r < 0x7f {
		return r >= ' '
	}
	return unicode.IsPrint(r) && !invisible(r)
}

// invisible are characters of a printable category that show nothing: Default_Ignorable_Code_Point
// (https://www.unicode.org/reports/tr44/) outside category Cf, and the empty Braille pattern.
func invisible(r rune) bool {
	return r == '\u2800' ||
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || unicode.Is(unicode.Variation_Selector, r)
}

// Text reports whether a text is visible and on one line.
func Text(text string) bool { return Invisible(text) < 0 }

// Invisible returns the index of the first invisible byte; -1 if there is none. Invalid UTF-8 is invisible.
func Invisible(text string) int {
	for i, r := range text {
		if !Rune(r) || r == unicode.ReplacementChar && !strings.HasPrefix(text[i:], string(r)) {
			return i
		}
	}
	return -1
}

// Escape escapes invisible characters like a Go string: \n, \u202e, \x00.
func Escape(text string) string {
	if Text(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if Rune(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(Quote(r))
		}
	}
	return b.String()
}

// Quote returns the escape of one character.
func Quote(r rune) string { return strings.Trim(strconv.QuoteRuneToASCII(r), "'") }

// Map replaces each invisible character; a negative result removes it.
func Map(text string, replacement rune) string {
	return strings.Map(func(r rune) rune {
		if Rune(r) {
			return r
		}
		return replacement
	}, text)
}
