package leaks

import (
	"bytes"
	"encoding/base64"
)

const (
	// maxDepth is how often text is decoded: a Secret has a kubeconfig in base64, which has a key in
	// base64; one more for what others wrap around it. Each level is shorter by a quarter, so the work
	// is bounded by four times the text.
	maxDepth = 4
	// minRun is the shortest base64 that is looked into: no credential fits into less.
	minRun = 40
)

// encoded returns what the rules find inside of the base64 of a text.
func (s *Scanner) encoded(text []byte, depth int) []hit {
	if depth == 0 {
		return nil
	}
	var hits []hit
	for start := s.nextRun(text, 0); start < len(text); {
		digits, end := s.run(text, start)
		if len(digits) >= minRun {
			decoded := decode(digits)
			for _, h := range append(s.plain(decoded), s.encoded(decoded, depth-1)...) {
				h.Encoded, h.start, h.end = true, start, end
				hits = append(hits, h)
			}
		}
		start = s.nextRun(text, end)
	}
	return hits
}

// nextRun is where the next base64 digit is, or the end of the text.
func (s *Scanner) nextRun(text []byte, from int) int {
	for from < len(text) && !s.digits[text[from]] {
		from++
	}
	return from
}

// run returns the digits of a run of base64, and where it ends. YAML and PEM break long values into
// lines: it goes on in the next one where that has nothing else, and this one has whole groups of four
// digits. So whatever stands above a value, its digits keep their places.
func (s *Scanner) run(text []byte, start int) (digits []byte, end int) {
	end = start + s.digitsAt(text, start)
	digits = text[start:end:end] // appending to it copies
	for line := len(digits); line%4 == 0; {
		next, ok := s.nextLine(text, end)
		if !ok {
			break
		}
		line = s.digitsAt(text, next)
		digits, end = append(digits, text[next:next+line]...), next+line
	}
	return digits, end
}

// nextLine is the first digit of the next line, if this one ends here and that one is of digits alone.
// A line may also end by an escape, inside of a quoted string.
func (s *Scanner) nextLine(text []byte, end int) (int, bool) {
	rest := bytes.TrimLeft(text[end:], " \t\r\\")
	if len(rest) == 0 || rest[0] != '\n' && (rest[0] != 'n' || text[end] != '\\') {
		return 0, false
	}
	rest = bytes.TrimLeft(rest[1:], " \t")
	digits := s.digitsAt(rest, 0)
	after := bytes.TrimLeft(rest[digits:], "= \t\r")
	return len(text) - len(rest), digits > 0 && (len(after) == 0 || bytes.IndexByte([]byte("\n\\\"'"), after[0]) >= 0)
}

// digitsAt counts the digits from a place on.
func (s *Scanner) digitsAt(text []byte, from int) int {
	end := from
	for end < len(text) && s.digits[text[end]] {
		end++
	}
	return end - from
}

// decode drops what is left over at the end.
func decode(digits []byte) []byte {
	if len(digits)%4 == 1 {
		digits = digits[:len(digits)-1]
	}
	decoded := make([]byte, base64.RawStdEncoding.DecodedLen(len(digits)))
	n, _ := base64.RawStdEncoding.Decode(decoded, digits) // digits alone: nothing can be wrong
	return decoded[:n]
}
