package sops

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Sizes of AES-256-GCM in sops (sops aes/cipher.go): its nonces are longer than usual.
const (
	keySize   = 32
	nonceSize = 32
	tagSize   = 16
)

const (
	valueHead = "ENC[AES256_GCM,data:"
	valueType = ",type:str]"
)

func newGCM(key []byte) (cipher.AEAD, error) {
	if len(key) != keySize {
		return nil, fmt.Errorf("the data key has %d bytes, not %d", len(key), keySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithNonceSize(block, nonceSize)
}

// encryptValue encrypts a text in sops' format. An empty one stays empty.
func encryptValue(key []byte, plaintext, place string, random io.Reader) (string, error) {
	if plaintext == "" {
		return "", nil
	}
	gcm, err := newGCM(key)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, nonceSize)
	if _, err := io.ReadFull(random, nonce); err != nil {
		return "", fmt.Errorf("generate a nonce: %w", err)
	}
	sealed := gcm.Seal(nil, nonce, []byte(plaintext), []byte(place))
	split := len(sealed) - tagSize
	encode := base64.StdEncoding.EncodeToString
	return valueHead + encode(sealed[:split]) + ",iv:" + encode(nonce) + ",tag:" + encode(sealed[split:]) + valueType, nil
}

// isEncrypted reports whether a value has the format of encryptValue, or is empty.
func isEncrypted(value string) bool {
	_, _, err := splitValue(value)
	return value == "" || err == nil
}

func decryptValue(key []byte, value, place string) (string, error) {
	if value == "" {
		return "", nil
	}
	nonce, sealed, err := splitValue(value)
	if err != nil {
		return "", err
	}
	gcm, err := newGCM(key)
	if err != nil {
		return "", err
	}
	plaintext, err := gcm.Open(nil, nonce, sealed, []byte(place))
	if err != nil {
		return "", errors.New("it was changed, or moved from another field")
	}
	return string(plaintext), nil
}

// splitValue returns the nonce, and the ciphertext with its tag.
func splitValue(value string) (nonce, sealed []byte, err error) {
	wrong := errors.New("it is not text that sops encrypted")
	rest, okHead := strings.CutPrefix(value, valueHead)
	rest, okTail := strings.CutSuffix(rest, valueType)
	data, rest, okData := strings.Cut(rest, ",iv:")
	iv, tag, okTag := strings.Cut(rest, ",tag:")
	if !okHead || !okTail || !okData || !okTag {
		return nil, nil, wrong
	}
	var parts [3][]byte
	for i, text := range []string{data, iv, tag} {
		// the decoder ignores line breaks
		if parts[i], err = base64.StdEncoding.Strict().DecodeString(text); err != nil || strings.ContainsAny(text, "\r\n") {
			return nil, nil, wrong
		}
	}
	if len(parts[1]) != nonceSize || len(parts[2]) != tagSize {
		return nil, nil, wrong
	}
	return parts[1], append(parts[0], parts[2]...), nil
}
