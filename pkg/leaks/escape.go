package leaks

import (
	"bytes"
	"encoding/hex"
)

// minEscapes is how many characters in a row are escaped where text is hidden: one or two are a
// slash or a quote.
const minEscapes = 16

// escapes are the ways to write a character as two hexadecimal digits: in strings of many languages, in
// JSON, and in URLs.
func escapes() []string { return []string{`\x`, `\u00`, `%`} }

// escaped returns what the rules find in text whose characters are all escaped.
func (p *pass) escaped(text []byte, depth int) []hit {
	if bytes.IndexByte(text, '\\') < 0 && bytes.IndexByte(text, '%') < 0 {
		return nil // as is most text
	}
	var hits []hit
	for _, escape := range escapes() {
		mark := []byte(escape)
		for from := 0; ; {
			next := bytes.Index(text[from:], mark)
			if next < 0 {
				break
			}
			start := from + next
			decoded, end := unescape(text, start, mark)
			if len(decoded) >= minEscapes {
				hits = append(hits, p.inside(decoded, depth, "in escape sequences", start, end)...)
			}
			from = max(end, start+len(mark))
		}
	}
	return hits
}

// unescape returns the characters that are escaped one after another, and where they end.
func unescape(text []byte, start int, mark []byte) (decoded []byte, end int) {
	size := len(mark) + 2
	for end = start; end+size <= len(text) && bytes.HasPrefix(text[end:], mark); end += size {
		var b [1]byte
		if _, err := hex.Decode(b[:], text[end+len(mark):end+size]); err != nil {
			break
		}
		decoded = append(decoded, b[0])
	}
	return decoded, end
}
