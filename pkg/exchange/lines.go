package exchange

import "strings"

// NewLines splits a text. Join restores the same bytes.
func NewLines(text []byte) Lines {
	if len(text) == 0 {
		return nil
	}
	return strings.Split(string(text), "\n")
}

// Join returns the text that the lines were split from.
func (l Lines) Join() []byte { return []byte(strings.Join(l, "\n")) }
