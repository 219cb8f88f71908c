package sealedsecret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const sessionKeySize = 32

// Name of a Secret. Its values are bound to it.
type Name struct{ Namespace, Name string }

// label is what strict scope binds a value to (sealed-secrets pkg/apis/sealedsecrets/v1alpha1 EncryptionLabel).
func (n Name) label() []byte { return []byte(n.Namespace + "/" + n.Name) }

// Seal encrypts a value: a session key, encrypted with RSA-OAEP, and the value under that key, whose nonce may be zero
// because it is used once (sealed-secrets pkg/crypto).
func Seal(random io.Reader, to *rsa.PublicKey, name Name, value []byte) (string, error) {
	session := make([]byte, sessionKeySize)
	if _, err := io.ReadFull(random, session); err != nil {
		return "", fmt.Errorf("generate a session key: %w", err)
	}
	wrapped, err := rsa.EncryptOAEP(sha256.New(), random, to, session, name.label())
	if err != nil {
		return "", fmt.Errorf("encrypt session key: %w", err)
	}
	gcm, err := newGCM(session)
	if err != nil {
		return "", err
	}
	sealed := binary.BigEndian.AppendUint16(nil, uint16(len(wrapped))) //nolint:gosec // the size of an RSA key
	sealed = append(sealed, wrapped...)
	nonce := make([]byte, gcm.NonceSize())
	sealed = gcm.Seal(sealed, nonce, value, nil) //nolint:gosec // the format wants it zero, and the key is used once
	return base64.StdEncoding.EncodeToString(sealed), nil
}

// ErrNotOpened reports that a key does not decrypt a value under this name.
var ErrNotOpened = errors.New("it is not encrypted for this key, namespace and name")

// Open decrypts a value.
func Open(key *rsa.PrivateKey, name Name, value string) ([]byte, error) {
	parts, err := split(value)
	if err != nil {
		return nil, err
	}
	session, err := rsa.DecryptOAEP(sha256.New(), nil, key, parts.wrapped, name.label())
	if err != nil || len(session) != sessionKeySize {
		return nil, ErrNotOpened
	}
	gcm, err := newGCM(session)
	if err != nil {
		return nil, err
	}
	plaintext, err := gcm.Open(nil, make([]byte, gcm.NonceSize()), parts.sealed, nil)
	if err != nil {
		return nil, errors.New("it was changed")
	}
	return plaintext, nil
}

// IsSealed reports whether a value has the format that Seal produces, for any controller's key.
func IsSealed(value string) bool {
	_, err := split(value)
	return err == nil
}

type parts struct{ wrapped, sealed []byte }

// Sizes of the parts of a value: RSA keys of 2048 to 16384 bits, and the tag of AES-GCM.
const (
	minWrapped, maxWrapped = 2048 / 8, 16384 / 8
	tagSize                = 16
)

func split(value string) (parts, error) {
	none := errors.New("it is not a sealed value")
	sealed, err := base64.StdEncoding.DecodeString(value) // which ignores line breaks
	if err != nil || base64.StdEncoding.EncodeToString(sealed) != value || len(sealed) < 2 {
		return parts{}, none
	}
	size := int(binary.BigEndian.Uint16(sealed))
	if sealed = sealed[2:]; size < minWrapped || size > maxWrapped || len(sealed) < size+tagSize {
		return parts{}, none
	}
	return parts{wrapped: sealed[:size], sealed: sealed[size:]}, nil
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
