package strict

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold maps all texts that encoding/json takes for the same key of a struct to one: simple Unicode folding,
// rune by rune, as in strings.EqualFold.
func Fold(text string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf { // the least of a letter is its capital
			return unicode.ToUpper(r)
		}
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		return least
	}, text)
}
