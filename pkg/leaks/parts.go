package leaks

import (
	"bytes"
	"strings"
)

const (
	// minPart is how much of a credential stands at the end of a line that is not its last one.
	minPart = 16
	// maxKeyword is what of the longest keyword can stand at one side of a seam.
	maxKeyword = 14
	// minRest is how much of it the line has that it goes on in.
	minRest = 4
)

// parts returns what the rules find in credentials that are written in several parts: strings that are
// put together, "eyJh" + "bGci", also over lines; lines that end with a backslash; and lines that YAML
// folds. Each run of parts is put together with its lines and looked at again.
func (p *pass) parts(text []byte, possible uint64, depth int) []hit {
	var hits []hit
	whole := assembly{text: text}
	for signs := newSigns(text); len(hits) < maxFindings; {
		i := signs.next()
		if i == len(text) {
			break
		}
		if end, encoded := p.seam(&whole, i); end > i {
			whole.cut(i, end, encoded)
			possible |= p.over(text, i, end)
			signs.skip(end)
		} else if text[i] == '\n' {
			hits = append(hits, p.assembled(&whole, i, possible, depth)...)
			whole.next(i + 1)
		}
	}
	return append(hits, p.assembled(&whole, len(text), possible, depth)...)
}

// assembled looks at what was put together up to a place. What is within one part was found before. A rule is
// possible that has a keyword in a part or over a seam; base64 may have any inside.
func (p *pass) assembled(whole *assembly, end int, possible uint64, depth int) []hit {
	if len(whole.seams) == 0 || possible == 0 && !whole.encoded {
		return nil
	}
	text := whole.join(end)
	hits := p.scanText(text, p.keywords.in(text))
	if whole.encoded && depth > 0 {
		hits = add(hits, p.encoded(text, depth))
	}
	for i := range hits {
		hits[i].start, hits[i].end = whole.origin(hits[i].start), whole.origin(hits[i].end-1)+1
		if hits[i].Form == "" {
			hits[i].Form = "in several parts"
		}
	}
	return hits
}

// seam is where a part begins that goes on what ends at a place; the place itself if none does. It also
// reports whether decoding has to go over it: a run of base64 does where its lines are whole.
func (p *pass) seam(whole *assembly, at int) (end int, encoded bool) {
	text := whole.text
	if at == 0 || p.class[text[at-1]] == 0 && text[at-1] != ' ' {
		return at, false
	}
	switch text[at] {
	case '\n', '\r':
		return p.folded(whole, at)
	case '\\':
		if end := continued(text, at); end > at {
			return end, true
		}
		return quoted(text, at), true
	default:
		return quoted(text, at), true
	}
}

// continued is where a line goes on that a backslash ends.
func continued(text []byte, at int) int {
	rest := bytes.TrimPrefix(text[at+1:], []byte("\r"))
	if len(rest) == 0 || rest[0] != '\n' {
		return at
	}
	return len(text) - len(bytes.TrimLeft(rest[1:], " \t"))
}

// quoted is where a string goes on in the next one: after a quote, white space, perhaps an operator, and a
// quote again.
func quoted(text []byte, at int) int {
	rest, ok := quote(text[at:])
	if !ok {
		return at
	}
	rest = bytes.TrimLeft(bytes.TrimLeft(rest, " \t\r\n\\"), "+.&~|") // of C, Lua, VBA, Jinja, SQL
	rest, ok = quote(bytes.TrimLeft(rest, " \t\r\n\\"))
	if !ok || len(rest) == 0 {
		return at
	}
	return len(text) - len(rest)
}

// quote drops a quote, which may be escaped.
func quote(text []byte) (rest []byte, ok bool) {
	text = bytes.TrimPrefix(text, []byte(`\`))
	if len(text) == 0 || text[0] != '"' && text[0] != '\'' && text[0] != '`' {
		return text, false
	}
	return text[1:], true
}

// folded is where a line goes on in the next one: this one ends with much of a credential, and the next has
// nothing but the rest. What ends with a colon is a key, behind which rules look for themselves.
func (p *pass) folded(whole *assembly, at int) (end int, encoded bool) {
	text := whole.text
	if at < minPart || text[at-1] == ':' || !whole.known(at) && !p.ends(text[:at]) {
		return at, false
	}
	next := at
	if text[next] == '\r' {
		next++
	}
	if next == len(text) || text[next] != '\n' {
		return at, false
	}
	next = after(text, next+1, " \t")
	encoded = whole.breaksGroup(at, &p.class)
	if whole.rest = p.rest(text, next); whole.rest.end < next+minRest {
		return at, false
	}
	return next, encoded
}

// ends reports whether a line ends with much of a credential.
func (p *pass) ends(line []byte) bool {
	for _, b := range line[len(line)-minPart:] {
		if p.class[b] == 0 {
			return false
		}
	}
	return true
}

// rest is what a line has that is nothing but the rest of a credential; nothing where it has more.
func (p *pass) rest(text []byte, start int) line {
	end, class := start, byte(0xff)
	for end < len(text) && p.class[text[end]] != 0 {
		class &= p.class[text[end]]
		end++
	}
	if end < len(text) && strings.IndexByte("\r\n\"'`,", text[end]) < 0 {
		return line{}
	}
	return line{start: start, end: end, digits: class&digit64 != 0}
}

// over returns the rules that have a keyword in what stands at both sides of a seam.
func (p *pass) over(text []byte, start, end int) uint64 {
	var around [2 * maxKeyword]byte
	n := copy(around[:], text[max(0, start-maxKeyword):start])
	n += copy(around[n:], text[end:min(len(text), end+maxKeyword)])
	return p.keywords.in(around[:n])
}
