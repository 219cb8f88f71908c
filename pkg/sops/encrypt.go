package sops

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// Encryption says how values are encrypted.
type Encryption struct {
	// Recipients who can decrypt; in the block they are sorted, without duplicates.
	Recipients []Recipient
	// Now is the time that the block has.
	Now time.Time
	// Random is where the data key and the nonces come from.
	Random io.Reader
	// Before is the document as it was, opened; nil if there is none or it cannot be opened. While no
	// value changes it keeps its bytes, also when recipients come.
	Before *Opened
}

// Encrypt encrypts the values of a map that stands in a document under the key section, and returns
// the block that goes with them. A reader takes the values in the order of the document: write the
// keys of the map sorted.
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

// dataKey is the one from before, unless it could be known to others who must not read the values: a recipient
// of before, or, when a value changes, the author of the document. age does not tell who that was; a
// document whose values are all known to its writer shows them nothing new.
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

// value keeps the ciphertext of a value that has not changed.
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
