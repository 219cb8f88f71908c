package sops

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// wrap encrypts a data key to one recipient. Each has a file of its own, so that those who read
// X25519 only can stand beside those who read post-quantum keys, which age refuses within one file.
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

// ErrNotRecipient says that none of the identities is among the recipients.
var ErrNotRecipient = errors.New("it is not encrypted to this identity")

// unwrap finds the data key with the identities that are at hand.
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
