package pemfile

import (
	"bytes"
	"encoding/pem"
)

// Content that a file should have.
type Content string

// Contents.
const (
	Certificates Content = "certificates"
	PrivateKey   Content = "private key"
	Request      Content = "request"
)

// Error reports a file with other content than it should have.
type Error struct {
	Want  Content
	Found Format
}

// Error describes the file, without its name: "it is a PKCS#12 archive (.p12, .pfx)".
func (e *Error) Error() string { return e.Found.clause() }

// Remedy is a command or an edit that extracts the wanted content, if the file contains it. FILE is the file, NEW a new
// one.
func (e *Error) Remedy() string { return e.Found.remedy(e.Want) }

// Check returns an *Error for a text without a wanted block, or with something in addition that stops a reader: a byte
// order mark, a damaged block, a private key among certificates. It returns nil if a PEM parser will find the wanted
// content, and for unknown text that is not PEM, for which the parser's own error is as good.
func Check(text []byte, want Content) error {
	_, err := Blocks(text, want)
	return err
}

// Blocks returns the PEM blocks of a text that passes Check; none if it is not PEM.
func Blocks(text []byte, want Content) ([]*pem.Block, error) {
	found, blocks := identify(text, want)
	if found == "" {
		return blocks, nil
	}
	return nil, &Error{Want: want, Found: found}
}

// HoldsPrivateKey scans the text itself: parsers skip a damaged block, which is still a key.
func HoldsPrivateKey(text []byte) bool { return bytes.Contains(text, []byte("PRIVATE KEY-----")) }

// identify returns the format, or an empty one and the blocks of a PEM text if there is nothing to report.
func identify(text []byte, want Content) (Format, []*pem.Block) {
	if want != PrivateKey && HoldsPrivateKey(text) {
		return KeyPEM, nil
	}
	if found := encoding(text); found != "" {
		return found, nil
	}
	if found := wrapped(text); found != "" {
		return found, nil
	}
	begun := bytes.Count(text, []byte(begin))
	switch {
	case begun == 0:
		return notPEM(text), nil
	case begun > maxBlocks: // each search may scan the whole text
		return TooMany, nil
	}
	blocks := decode(text)
	if len(blocks) < begun {
		return damage(text), nil
	}
	return unwanted(blocks, want), blocks
}
