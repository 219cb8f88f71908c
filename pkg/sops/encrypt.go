package sops

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// Encryption configures how values are encrypted.
type Encryption struct {
	// Recipients; in the block they are sorted, without duplicates.
	Recipients []Recipient
	// Now is the block's time.
	Now time.Time
	// Random is the source of the data key and the nonces.
	Random io.Reader
	// Before is the decrypted previous document; nil if there is none or it cannot be decrypted. Unchanged values keep
	// their bytes, also if recipients are added.
	Before *Opened
}

// Encrypt encrypts the values of a map under the key section of a document, and returns them with the block. Readers
// process the values in document order: write the keys of the map sorted.
func (e Encryption) Encrypt(section string, plaintext map[string]string) (map[string]string, Block, error) {
	recipients := e.recipients()
	if len(recipients) == 0 {
		return nil, Block{}, fmt.Errorf("encrypt: no recipient")
	}
	key, stanzas, err := e.dataKey(section, plaintext, recipients)
	if err != nil {
		return nil, Block{}, err
	}
	block := Block{Age: stanzas, EncryptedRegex: EncryptedRegex, LastModified: e.Now.UTC().Format(time.RFC3339),
		MACOnlyEncrypted: true, Version: Version}
	cipher := make(map[string]string, len(plaintext))
	var inOrder []string
	for _, name := range slices.Sorted(maps.Keys(plaintext)) {
		place := section + ":" + name + ":"
		if cipher[name], err = e.value(key, plaintext[name], place); err != nil {
			return nil, Block{}, fmt.Errorf("encrypt %s.%s: %w", section, name, err)
		}
		inOrder = append(inOrder, plaintext[name])
	}
	mac := macOf(inOrder)
	if e.keeps(key) && e.Before.mac == mac {
		block.MAC, block.LastModified = e.Before.block.MAC, e.Before.block.LastModified
		return cipher, block, nil
	}
	if block.MAC, err = encryptValue(key, mac, block.LastModified, e.Random); err != nil {
		return nil, Block{}, fmt.Errorf("encrypt MAC: %w", err)
	}
	return cipher, block, nil
}

func (e Encryption) recipients() []Recipient {
	byText := func(a, b Recipient) int { return strings.Compare(a.text, b.text) }
	sorted := slices.SortedFunc(slices.Values(e.Recipients), byText)
	return slices.CompactFunc(sorted, func(a, b Recipient) bool { return a.text == b.text })
}

// dataKey returns the previous one, unless it could be known to others who must not read the values: a previous
// recipient or, if a value changes, the author of the document. age does not identify the author; a document whose
// values its author already knows reveals nothing new.
func (e Encryption) dataKey(
	section string, plaintext map[string]string, recipients []Recipient,
) ([]byte, []Stanza, error) {
	key, known := []byte(nil), map[string]string{}
	if e.Before != nil && maps.Equal(plaintext, e.Before.Values(section+":")) {
		key = e.Before.key
		for _, stanza := range e.Before.block.Age {
			known[stanza.Recipient] = stanza.Enc
			if !slices.ContainsFunc(recipients, func(r Recipient) bool { return r.text == stanza.Recipient }) {
				key = nil
			}
		}
	}
	if key == nil {
		key, known = make([]byte, keySize), nil
		if _, err := io.ReadFull(e.Random, key); err != nil {
			return nil, nil, fmt.Errorf("generate a data key: %w", err)
		}
	}
	var stanzas []Stanza
	for _, recipient := range recipients {
		enc, ok := known[recipient.text]
		if !ok {
			var err error
			if enc, err = wrap(key, recipient); err != nil {
				return nil, nil, err
			}
		}
		stanzas = append(stanzas, Stanza{Enc: enc, Recipient: recipient.text})
	}
	return key, stanzas, nil
}

// value keeps the ciphertext of an unchanged value.
func (e Encryption) value(key []byte, plaintext, place string) (string, error) {
	if e.keeps(key) {
		for _, value := range e.Before.values {
			if value.place == place && value.plaintext == plaintext {
				return value.cipher, nil
			}
		}
	}
	return encryptValue(key, plaintext, place, e.Random)
}

func (e Encryption) keeps(key []byte) bool {
	return e.Before != nil && string(e.Before.key) == string(key)
}
