package kubeconfig

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// KeyID is the key that a JSON Web Token says it is signed with; empty when it says none.
func (t Token) KeyID() string {
	header, _, _ := strings.Cut(t.Reveal(), ".")
	fields, err := decodeObject(header)
	if err != nil {
		return ""
	}
	id, _ := member[string](fields, "kid") // one of another type is none
	return id
}

// ClaimsSum is the SHA-256 of a JSON Web Token without its signature, which is all that is secret in
// it; false when the token is none.
func (t Token) ClaimsSum() (string, bool) {
	if _, ok := t.Claims(); !ok {
		return "", false
	}
	value := t.Reveal()
	sum := sha256.Sum256([]byte(value[:strings.LastIndex(value, ".")]))
	return hex.EncodeToString(sum[:]), true
}
