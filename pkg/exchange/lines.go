package exchange

import "strings"

// NewLines takes a text apart. Join gives the same bytes.
func NewLines(text []byte) Lines {
	if len(text) == 0 {
		return nil
	}
	return strings.Split(string(text), "\n")
}

// Join is the text.
func (l Lines) Join() []byte { return []byte(strings.Join(l, "\n")) }
