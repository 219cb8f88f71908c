package pemfile

import "bytes"

// damage explains why a block is unreadable. encoding/pem, and therefore istiod, skips such blocks, so a certificate
// would be missing.
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
		return Truncated
	}
	return Damaged
}
