// Package shell quotes values in POSIX shell commands. It imports only the standard library.
package shell

import "strings"

// Quote returns any text as exactly one word: always in single quotes, within which no character has a meaning
// (POSIX.1-2024, XCU 2.2.2). A NUL cannot be part of an argument; it is dropped.
func Quote(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// Name returns a name or a path unquoted if no character has a meaning to a shell, which most names have not; otherwise
// quoted. Those from a file or an API server can contain anything.
func Name(text string) string {
	plain := func(c rune) bool {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("-._/:@,", c)
	}
	if text == "" || text[0] == '-' || strings.ContainsFunc(text, func(c rune) bool { return !plain(c) }) {
		return Quote(text)
	}
	return text
}

// Word is a value that prints itself as one word of a command, so that templates cannot forget to quote it.
type Word string

// String quotes the value.
func (w Word) String() string { return Quote(string(w)) }
