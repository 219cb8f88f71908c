package pemfile

import "bytes"

// damage says why a block that begins cannot be read. Each of these is ignored by encoding/pem, and so
// by istiod: what stays is a file that lacks a certificate.
func damage(text []byte) Format {
	if bytes.Contains(text, []byte(`-----\n`)) {
		return EscapedLines
	}
	for line := range bytes.Lines(text) {
		switch before, _, found := bytes.Cut(line, []byte(begin)); {
		case !found || len(before) == 0:
		case len(bytes.TrimSpace(before)) == 0:
			return Indented
		default:
			return SharedLine
		}
	}
	last := text[bytes.LastIndex(text, []byte(begin)):]
	if !bytes.Contains(last, []byte("-----END ")) {
		return CutOff
	}
	return Damaged
}
