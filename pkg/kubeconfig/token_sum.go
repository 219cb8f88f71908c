package kubeconfig

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// KeyID returns the ID of the key that signed a JSON Web Token; empty if the token does not contain it.
func (t Token) KeyID() string {
	header, _, _ := strings.Cut(t.Reveal(), ".")
	fields, err := decodeObject(header)
	if err != nil {
		return ""
	}
	id, _ := member[string](fields, "kid") // a value of another type counts as none
	return id
}

// ClaimsSum returns the SHA-256 of a JSON Web Token without its signature, the only secret part; false if the token is
// no JWT.
func (t Token) ClaimsSum() (string, bool) {
	if _, ok := t.Claims(); !ok {
		return "", false
	}
	value := t.Reveal()
	sum := sha256.Sum256([]byte(value[:strings.LastIndex(value, ".")]))
	return hex.EncodeToString(sum[:]), true
}
