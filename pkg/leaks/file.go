package leaks

import (
	"bytes"
	"unicode/utf16"
)

// ScanFile is Scan for files that may be anything. Binary ones are passed by: those with a NUL in the
// first bytes, as git tells them; but PowerShell redirects into UTF-16, and that is text.
func (s *Scanner) ScanFile(name string, content []byte) []Finding {
	switch head := content[:min(len(content), 8000)]; {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		content = fromUTF16(content[2:], 0)
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		content = fromUTF16(content[2:], 1)
	case bytes.IndexByte(head, 0) >= 0:
		return nil
	}
	return s.Scan(name, content)
}

// fromUTF16 takes pairs of bytes whose lower one comes first, or second.
func fromUTF16(text []byte, lower int) []byte {
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = uint16(text[2*i+lower]) | uint16(text[2*i+1-lower])<<8
	}
	return []byte(string(utf16.Decode(units)))
}
