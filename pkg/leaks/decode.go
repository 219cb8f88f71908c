package leaks

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"io"
	"slices"
	"strings"
)

const (
	// maxDepth is how often text is decoded: a Secret has a kubeconfig in base64, which has a key in
	// base64; one more for what others wrap around it. Each level is shorter by a quarter, so the work
	// is bounded by a multiple of the text.
	maxDepth = 4
	// minRun is the shortest run of digits that is looked into: no credential fits into less.
	minRun = 40
	// maxInflate is how much of what is compressed is looked at, in all of a text.
	maxInflate = 8 << 20
	// maxUnzips is how often something compressed is looked for in all of a text: each time takes memory.
	maxUnzips = 200
)

// encoded returns what the rules find inside of the base64 and the hexadecimal digits of a text.
func (p *pass) encoded(text []byte, depth int) []hit {
	var hits []hit
	for start := p.nextRun(text, 0); start < len(text) && len(hits) < maxFindings; {
		digits, end := p.run(text, start)
		if len(digits) >= minRun {
			decoded, form := p.decode(digits)
			hits = append(hits, p.inside(decoded, depth, form, start, end)...)
		}
		start = p.nextRun(text, end)
	}
	return hits
}

// inside returns what is in decoded text, at the place of what it was decoded from.
func (p *pass) inside(decoded []byte, depth int, form string, start, end int) []hit {
	hits := p.text(decoded, depth-1)
	for i := range hits {
		hits[i].Form, hits[i].start, hits[i].end = form, start, end
	}
	return hits
}

// nextRun is where the next base64 digit is, or the end of the text.
func (s *Scanner) nextRun(text []byte, from int) int {
	for from < len(text) && s.class[text[from]]&digit64 == 0 {
		from++
	}
	return from
}

// run returns the digits of a run of base64, and where it ends. YAML and PEM break long values into
// lines: it goes on in the next one where that has nothing else, and this one has whole groups of four
// digits. So whatever stands above a value, its digits keep their places. Lines of hexadecimal digits
// alone are a run of their own.
func (s *Scanner) run(text []byte, start int) (digits []byte, end int) {
	end = start + s.digitsAt(text, start)
	digits = text[start:end:end] // appending to it copies
	number := s.hexadecimal(digits)
	for whole := len(digits)%4 == 0; whole; {
		line, next, ok := s.nextLine(text, end)
		if !ok || number != s.hexadecimal(line) && (number || len(line) >= minRun) {
			break
		}
		digits, end = append(digits, line...), next+len(line)
		whole = len(line)%4 == 0
	}
	return digits, end
}

// nextLine is the next line and where it begins, if this one ends here and that one is of digits alone. A line
// may also end by an escape, inside of a quoted string.
func (s *Scanner) nextLine(text []byte, end int) (line []byte, start int, ok bool) {
	at := after(text, end, " \t\r\\")
	if at == len(text) || text[at] != '\n' && (text[at] != 'n' || text[end] != '\\') {
		return nil, 0, false
	}
	start = after(text, at+1, " \t")
	line = text[start : start+s.digitsAt(text, start)]
	last := after(text, start+len(line), "= \t\r")
	return line, start, len(line) > 0 && (last == len(text) || strings.IndexByte("\n\\\"'", text[last]) >= 0)
}

// after is where something else stands than some bytes, from a place on.
func after(text []byte, from int, some string) int {
	for from < len(text) && strings.IndexByte(some, text[from]) >= 0 {
		from++
	}
	return from
}

// digitsAt counts the digits from a place on.
func (s *Scanner) digitsAt(text []byte, from int) int {
	end := from
	for end < len(text) && s.class[text[end]]&digit64 != 0 {
		end++
	}
	return end - from
}

// decode takes digits for hexadecimal where all are, and drops the remainder at the end.
func (p *pass) decode(digits []byte) (decoded []byte, form string) {
	if number := bytes.TrimPrefix(digits, []byte("0x")); p.hexadecimal(number) {
		decoded, form = make([]byte, len(number)/2), "in hexadecimal digits"
		hex.Decode(decoded, number[:len(number)/2*2]) //nolint:errcheck // digits alone: nothing can be wrong
		return p.decompressed(decoded), form
	}
	if len(digits)%4 == 1 {
		digits = digits[:len(digits)-1]
	}
	decoded, form = make([]byte, base64.RawStdEncoding.DecodedLen(len(digits))), "in base64"
	n, _ := base64.RawStdEncoding.Decode(decoded, digits) // digits alone: nothing can be wrong
	return p.decompressed(decoded[:n]), form
}

func (s *Scanner) hexadecimal(digits []byte) bool {
	for _, b := range digits {
		if s.class[b]&digit16 == 0 {
			return false
		}
	}
	return true
}

// decompressed adds what gzip has made smaller: k0s does so with the kubeconfig that is a join token
// (k0sproject/k0s pkg/token/joinencode.go), and Helm with a release. Other digits may stand before it. Of a
// compressed text that breaks off, the beginning counts.
func (p *pass) decompressed(text []byte) []byte {
	magic := []byte{0x1f, 0x8b, 8}
	for from := 0; p.unzips > 0; from += len(magic) {
		next := bytes.Index(text[from:], magic)
		if next < 0 {
			break
		}
		from += next
		p.unzips--
		if reader, err := gzip.NewReader(bytes.NewReader(text[from:])); err == nil {
			plain, _ := io.ReadAll(io.LimitReader(reader, int64(p.inflate))) // whatever came out before it broke off
			p.inflate -= len(plain)
			return slices.Concat(text, []byte("\n"), plain)
		}
	}
	return text
}
