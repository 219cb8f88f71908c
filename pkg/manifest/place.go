package manifest

// step is the indentation of a mapping under its key or its dash. Sequences under a key are not indented.
const step = 2

// lead is what stands on the line in front of a value.
type lead uint8

const (
	atRoot lead = iota
	afterKey
	afterDash
)

// place is where a value is written.
type place struct {
	lead lead
	// indent is that of the entry, a key or a dash, which the value belongs to.
	indent int
}

// fields returns where the keys of a mapping stand that is written at p.
func (p place) fields() int {
	if p.lead == atRoot {
		return 0
	}
	return p.indent + step
}

// items returns where the dashes of a sequence stand that is written at p.
func (p place) items() int {
	if p.lead == afterDash {
		return p.indent + step
	}
	return p.indent
}

// open starts the line of an entry of the mapping or sequence written at p. The first entry after a dash
// shares the line with it.
func (e *encoder) open(p place, indent int, first bool) {
	if first && p.lead == afterDash {
		e.out = append(e.out, ' ')
		return
	}
	if first && p.lead == afterKey {
		e.out = append(e.out, '\n')
	}
	e.line = len(e.out)
	e.out = appendSpaces(e.out, indent)
}

// inline writes a value which has no line of its own: a number, a word or an empty collection. It is
// always certain.
func (e *encoder) inline(text string, at place) bool {
	if at.lead != atRoot {
		e.out = append(e.out, ' ')
	}
	e.out = append(e.out, text...)
	e.out = append(e.out, '\n')
	return true
}

func appendSpaces(out []byte, n int) []byte {
	const spaces = "                                "
	for ; n > len(spaces); n -= len(spaces) {
		out = append(out, spaces...)
	}
	return append(out, spaces[:n]...)
}
