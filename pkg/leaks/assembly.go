package leaks

import "sort"

// assembly is a run of lines, without what stands between the parts of a text in them.
type assembly struct {
	text    []byte
	line    int    // where the line begins that is looked at
	before  int    // where the line before that begins: a key may stand there
	seams   []seam // in order
	rest    line   // the last line that a seam leads to
	encoded bool   // a run of base64 may go over a seam
}

// seam is what is left out: text[start:end].
type seam struct {
	start, end int
	at         int // where it was, in what was put together
}

// line is one that has nothing but the rest of a credential.
type line struct {
	start, end int
	digits     bool // all of it is digits of base64
}

// known reports whether what ends at a place is a line that was looked at, and long enough.
func (a *assembly) known(at int) bool { return a.rest.end == at && at-a.rest.start >= minPart }

// breaksGroup reports whether what ends at a place ends within a group of four digits of base64.
func (a *assembly) breaksGroup(at int, class *[256]byte) bool {
	if a.rest.end == at && a.rest.digits {
		return (at-a.rest.start)%4 != 0
	}
	start := at
	for start > 0 && class[a.text[start-1]]&digit64 != 0 {
		start--
	}
	return (at-start)%4 != 0
}

// cut leaves text[start:end] out.
func (a *assembly) cut(start, end int, encoded bool) {
	a.seams = append(a.seams, seam{start: start, end: end})
	a.encoded = a.encoded || encoded
}

// next begins a line, and what belongs to it.
func (a *assembly) next(line int) {
	a.before, a.line = a.line, line
	a.seams, a.encoded = a.seams[:0], false
}

// join returns the text from the line before up to a place.
func (a *assembly) join(end int) []byte {
	joined := make([]byte, 0, end-a.before)
	from := a.before
	for i := range a.seams {
		joined = append(joined, a.text[from:a.seams[i].start]...)
		a.seams[i].at = len(joined)
		from = a.seams[i].end
	}
	return append(joined, a.text[from:end]...)
}

// origin is where something stands in the text that was put together.
func (a *assembly) origin(at int) int {
	i := sort.Search(len(a.seams), func(i int) bool { return a.seams[i].at > at })
	if i == 0 {
		return a.before + at
	}
	return a.seams[i-1].end + at - a.seams[i-1].at
}
