// Package shell writes values into commands for a POSIX shell. It imports nothing but the
// standard library.
package shell

import "strings"

// Quote makes exactly one word of any text: always between single quotes, where a shell gives
// no character a meaning (POSIX.1-2024, XCU 2.2.2). A NUL cannot be an argument; it is left out.
func Quote(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// Name is a name or a path as it is, where it has only characters that mean nothing to a shell; else it is quoted. Most
// names are plain, which reads better in a command; those that a file or an API server reports may be anything.
func Name(text string) string {
	plain := func(c rune) bool {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("-._/:@,", c)
	}
	if text == "" || text[0] == '-' || strings.ContainsFunc(text, func(c rune) bool { return !plain(c) }) {
		return Quote(text)
	}
	return text
}

// Word is a value that prints itself as one word of a command, so that no template can forget to
// quote it.
type Word string

// String quotes the value.
func (w Word) String() string { return Quote(string(w)) }
