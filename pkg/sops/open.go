package sops

import (
	"errors"
	"fmt"
	"strings"

	"filippo.io/age"
)

// Opened is a decrypted document with a verified MAC.
type Opened struct {
	block  Block
	key    []byte
	mac    string
	values []openedValue
}

type openedValue struct{ place, plaintext, cipher string }

// Open decrypts a document. ErrNotRecipient reports that it is for others.
func (d *Document) Open(identities []age.Identity) (*Opened, error) {
	key, err := unwrap(d.Block.Age, identities)
	if err != nil {
		return nil, err
	}
	opened := &Opened{block: d.Block, key: key}
	var plaintext []string
	for _, sealed := range d.sealed {
		text, err := decryptValue(key, sealed.value, sealed.at)
		if err != nil {
			return nil, fmt.Errorf("decrypt %s: %w", strings.TrimSuffix(sealed.at, ":"), err)
		}
		opened.values = append(opened.values, openedValue{place: sealed.at, plaintext: text, cipher: sealed.value})
		plaintext = append(plaintext, text)
	}
	if opened.mac, err = decryptValue(key, d.Block.MAC, d.Block.LastModified); err != nil {
		return nil, fmt.Errorf("decrypt MAC: %w", err)
	}
	if opened.mac != macOf(plaintext) {
		return nil, errors.New("the MAC is wrong: values were removed, added or reordered")
	}
	return opened, nil
}

// Values returns all plain values by their position in the document, a path with colons. Positions below begin omit
// that part.
func (o *Opened) Values(begin string) map[string]string {
	values := map[string]string{}
	for _, value := range o.values {
		values[strings.TrimPrefix(strings.TrimSuffix(value.place, ":"), begin)] = value.plaintext
	}
	return values
}
