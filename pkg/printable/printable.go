// Package printable recognizes characters that readers see as what they are. External text is shown on
// terminals, in reviews and in scripts: what moves the cursor, turns the direction of the text around or is not
// seen at all makes it read as another text.
package printable

import (
	"strconv"
	"strings"
	"unicode"
)

// Rune reports whether a character is seen: letters, marks, numbers, punctuation, symbols and the blank of ASCII, but
// none that Unicode lets a font leave out.
func Rune(r rune) bool {
	if r < 0x7f {
		return r >= ' '
	}
	return unicode.IsPrint(r) && !invisible(r)
}

// invisible are characters of a printable category that show nothing: Default_Ignorable_Code_Point
// (https://www.unicode.org/reports/tr44/), where it is not of category Cf, and the empty pattern of Braille.
func invisible(r rune) bool {
	return r == '\u2800' ||
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || unicode.Is(unicode.Variation_Selector, r)
}

// Text reports whether all of a text is seen, and is on one line.
func Text(text string) bool { return Invisible(text) < 0 }

// Invisible is the first byte of what is not seen; -1 if there is none. Bytes that are no UTF-8 are not.
func Invisible(text string) int {
	for i, r := range text {
		if !Rune(r) || r == unicode.ReplacementChar && !strings.HasPrefix(text[i:], string(r)) {
			return i
		}
	}
	return -1
}

// Escape writes what is not seen as Go does in a string: \n, \u202e, \x00.
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

// Quote is the escape of one character.
func Quote(r rune) string { return strings.Trim(strconv.QuoteRuneToASCII(r), "'") }

// Map replaces each character that is not seen; a negative one takes it out.
func Map(text string, replacement rune) string {
	return strings.Map(func(r rune) rune {
		if Rune(r) {
			return r
		}
		return replacement
	}, text)
}
