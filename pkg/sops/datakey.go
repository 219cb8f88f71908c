package sops

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// wrap encrypts a data key to one recipient. Each has a separate file, because age rejects X25519 and post-quantum
// recipients in the same one.
func wrap(key []byte, to Recipient) (string, error) {
	var text bytes.Buffer
	armored := armor.NewWriter(&text)
	writer, err := age.Encrypt(armored, to.to)
	if err != nil {
		return "", fmt.Errorf("encrypt data key to %.20s…: %w", to, err)
	}
	_, err = writer.Write(key)
	if err := errors.Join(err, writer.Close(), armored.Close()); err != nil {
		return "", fmt.Errorf("encrypt data key to %.20s…: %w", to, err)
	}
	return text.String(), nil
}

// isDataKey reports whether a text has the format that wrap produces: an armored age file with one stanza, and
// therefore one recipient, and the size of a data key (https://age-encryption.org/v1). Nothing else fits in it.
func isDataKey(text string) bool {
	file, err := io.ReadAll(armor.NewReader(strings.NewReader(text)))
	if err != nil {
		return false
	}
	var again bytes.Buffer
	armored := armor.NewWriter(&again)
	if _, err := armored.Write(file); err != nil || armored.Close() != nil || again.String() != text {
		return false
	}
	header, rest, found := bytes.Cut(file, []byte("\n--- "))
	_, payload, ended := bytes.Cut(rest, []byte("\n"))
	return found && ended && bytes.HasPrefix(header, []byte("age-encryption.org/v1\n-> ")) &&
		bytes.Count(header, []byte("\n-> ")) == 1 && len(payload) == payloadSize
}

// payloadSize is the size of a nonce, the data key and the tag of its only chunk.
const payloadSize = 16 + keySize + 16

// ErrNotRecipient reports that none of the identities is a recipient.
var ErrNotRecipient = errors.New("it is not encrypted to this identity")

// unwrap decrypts the data key with the available identities.
func unwrap(stanzas []Stanza, identities []age.Identity) ([]byte, error) {
	damaged := false
	for _, stanza := range stanzas {
		reader, err := age.Decrypt(armor.NewReader(bytes.NewReader([]byte(stanza.Enc))), identities...)
		if err != nil {
			noMatch := &age.NoIdentityMatchError{}
			damaged = damaged || !errors.As(err, &noMatch)
			continue
		}
		key, err := io.ReadAll(io.LimitReader(reader, keySize+1))
		if err == nil && len(key) == keySize {
			return key, nil
		}
		damaged = true
	}
	if damaged {
		return nil, errors.New("its data key is damaged")
	}
	return nil, ErrNotRecipient
}
