package kubeconfig

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
)

// maxToken bounds a token, in bytes. Kubernetes tokens have one or two KiB.
const maxToken = 64 << 10

// Token is a bearer token that cannot be printed by accident: formatting, marshalling or logging it prints
// "[redacted]". The zero Token is no token. Compare with Equal.
type Token struct {
	_ [0]func() // prevents ==, which would compare pointers
	// A pointer, because fmt calls no methods on unexported fields, nor for %p: it then prints an address instead of the
	// token.
	value *string
}

// ErrToken reports that a text is not a token.
var ErrToken = errors.New("parse token")

// ParseToken parses the content of a token file: one line of visible ASCII; trailing white space is dropped. Errors
// contain positions and sizes, never the content.
func ParseToken(data []byte) (Token, error) {
	value := string(bytes.TrimRight(data, " \t\r\n"))
	if err := checkToken(value); err != nil {
		return Token{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	return Token{value: &value}, nil
}

func checkToken(text string) error {
	switch {
	case text == "":
		return errors.New("it is empty")
	case len(text) > maxToken:
		return fmt.Errorf("it has %d bytes, more than %d", len(text), maxToken)
	case isPlaceholder(text):
		return errors.New("it is the placeholder of a masked token")
	}
	if err := checkTokenShape(text); err != nil {
		return err
	}
	for i := range len(text) {
		switch b := text[i]; {
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

// isPlaceholder reports whether s is a masked token: masked by Token, or by `kubectl config view` (client-go
// tools/clientcmd/api/helpers.go RedactSecrets).
func isPlaceholder(s string) bool {
	return s == redacted || s == "REDACTED"
}

// Reveal returns the token; "" for the zero Token.
func (t Token) Reveal() string {
	if t.value == nil {
		return ""
	}
	return *t.value
}

// Equal reports whether both are the same token.
func (t Token) Equal(o Token) bool {
	return subtle.ConstantTimeCompare([]byte(t.Reveal()), []byte(o.Reveal())) == 1
}

// Fingerprint identifies the token without revealing it: "sha256:" and the first 16 hexadecimal digits (64 bits) of its
// SHA-256, lower-case; "" for the zero Token.
func (t Token) Fingerprint() string {
	if t.value == nil {
		return ""
	}
	sum := sha256.Sum256([]byte(*t.value))
	return "sha256:" + hex.EncodeToString(sum[:8])
}
