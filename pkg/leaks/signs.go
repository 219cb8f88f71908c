package leaks

import "bytes"

// signs finds what a seam between two parts may begin with, or a line end. A search for one byte reads many
// at a time: text that has few of these is passed by several times as fast as by a look at each byte.
type signs struct {
	text []byte
	at   [len(signBytes)]int // where the next one of each is
}

const signBytes = "\n\r\\\"'`"

func newSigns(text []byte) *signs {
	s := &signs{text: text}
	for i := range s.at {
		s.find(i, 0)
	}
	return s
}

func (s *signs) find(i, from int) {
	s.at[i] = len(s.text)
	if next := bytes.IndexByte(s.text[from:], signBytes[i]); next >= 0 {
		s.at[i] = from + next
	}
}

// next is where the next one is, or the end of the text.
func (s *signs) next() int {
	first := 0
	for i, at := range s.at {
		if at < s.at[first] {
			first = i
		}
	}
	at := s.at[first]
	if at < len(s.text) {
		s.find(first, at+1)
	}
	return at
}

// skip passes by what is before a place.
func (s *signs) skip(to int) {
	for i, at := range s.at {
		if at < to {
			s.find(i, to)
		}
	}
}
