package strict

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold maps all texts that encoding/json takes for the same struct key to one: simple Unicode folding, rune by rune,
// like strings.EqualFold.
func Fold(text string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf { // the smallest rune of a letter is its capital
			return unicode.ToUpper(r)
		}
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		return least
	}, text)
}
