package kubeconfig

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
)

// maxToken bounds a token, in bytes. The tokens of Kubernetes have one or two KiB.
const maxToken = 64 << 10

// Token is a bearer token that does not print by accident: whatever formats, marshals or logs
// it gets "[redacted]". The zero Token is no token. Compare with Equal.
type Token struct {
	_ [0]func() // == would compare pointers, so it does not compile
	// A pointer, because fmt calls no method of an unexported field, nor for %p: it then
	// prints an address instead of the token.
	value *string
}

// ErrToken is that a text is no token.
var ErrToken = errors.New("parse token")

// ParseToken takes what a token file holds: one line of visible ASCII, whose trailing white
// space is dropped. Its errors name places and sizes, never the content.
func ParseToken(data []byte) (Token, error) {
	data = bytes.TrimRight(data, " \t\r\n")
	if err := checkToken(data); err != nil {
		return Token{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	value := string(data)
	return Token{value: &value}, nil
}

func checkToken(data []byte) error {
	switch {
	case len(data) == 0:
		return errors.New("it is empty")
	case len(data) > maxToken:
		return fmt.Errorf("it has %d bytes, more than %d", len(data), maxToken)
	case isPlaceholder(string(data)):
		return errors.New("it is the placeholder of a masked token")
	}
	if err := checkTokenShape(data); err != nil {
		return err
	}
	for i, b := range data {
		switch {
		case b == ' ' || b == '\t' || b == '\r' || b == '\n':
			return fmt.Errorf("byte %d is white space", i)
		case b >= 0x80:
			return fmt.Errorf("byte %d is not ASCII", i)
		case b < ' ' || b == 0x7f:
			return fmt.Errorf("byte %d is a control character", i)
		}
	}
	return nil
}

// isPlaceholder tells whether s stands where a token was masked: by Token, or by
// `kubectl config view` (client-go tools/clientcmd/api/helpers.go RedactSecrets).
func isPlaceholder(s string) bool {
	return s == redacted || s == "REDACTED"
}

// Reveal returns the token itself; "" for the zero Token.
func (t Token) Reveal() string {
	if t.value == nil {
		return ""
	}
	return *t.value
}

// Equal tells whether both are the same token.
func (t Token) Equal(o Token) bool {
	return subtle.ConstantTimeCompare([]byte(t.Reveal()), []byte(o.Reveal())) == 1
}

// Fingerprint identifies the token without telling it: "sha256:" and the first 16 hexadecimal
// digits (64 bits) of its SHA-256, lower-case; "" for the zero Token.
func (t Token) Fingerprint() string {
	if t.value == nil {
		return ""
	}
	sum := sha256.Sum256([]byte(*t.value))
	return "sha256:" + hex.EncodeToString(sum[:8])
}
