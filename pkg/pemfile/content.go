package pemfile

import "bytes"

// Content is what a file should hold.
type Content string

// The contents that a caller can ask for.
const (
	Certificates Content = "certificates"
	PrivateKey   Content = "private key"
	Request      Content = "request"
)

// Error says that a file holds something else than it should.
type Error struct {
	Want  Content
	Found Format
}

// Error is a clause about the file, without its name: "it is a PKCS#12 archive (.p12, .pfx)".
func (e *Error) Error() string { return e.Found.clause() }

// Remedy is a command or an edit that gets what was wanted out of the file, if it is there. FILE stands for
// the file, NEW for a new one.
func (e *Error) Remedy() string { return e.Found.remedy(e.Want) }

// Check returns an *Error for a text that has none of the blocks that it should hold, or
// that holds something beside them that stops a reader: a byte order mark, a damaged block, a private key
// among certificates. It returns nil if a parser of PEM will find what it looks for, and for text of
// which nothing is known but that it is no PEM: the parser's own words are as good there.
func Check(text []byte, want Content) error {
	found := identify(text, want)
	if found == "" {
		return nil
	}
	return &Error{Want: want, Found: found}
}

// HoldsPrivateKey looks at the text itself: a parser ignores a damaged block, and it is a key still.
func HoldsPrivateKey(text []byte) bool { return bytes.Contains(text, []byte("PRIVATE KEY-----")) }

// identify is empty for what has nothing wrong that could be named.
func identify(text []byte, want Content) Format {
	if want != PrivateKey && HoldsPrivateKey(text) {
		return KeyPEM
	}
	if found := encoding(text); found != "" {
		return found
	}
	if found := wrapped(text); found != "" {
		return found
	}
	begun := bytes.Count(text, []byte(begin))
	switch {
	case begun == 0:
		return notPEM(text)
	case begun > maxBlocks: // each of them may be looked for over all of the text
		return TooMany
	}
	labels := blocks(text, begun)
	if labels == nil {
		return damage(text)
	}
	return unwanted(labels, want)
}
