package sops

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Document is what sops has encrypted: the values below one key of a document, and the block.
type Document struct {
	Block Block
	// sealed is in the order of the document, which the MAC covers.
	sealed []place
}

// place is an encrypted value, and where it stands.
type place struct{ at, value string }

// NewDocument takes what Encrypt returns: the values of a map that stands in a document under the key
// section, with its keys sorted, and the block. It demands the settings that Encrypt has, age recipients
// only, and that every value is encrypted. The error joins all that is wrong; each begins with the
// path of its field.
func NewDocument(section string, cipher map[string]string, block Block) (*Document, error) {
	wrong, document := block.check(), &Document{Block: block}
	for i, name := range slices.Sorted(maps.Keys(cipher)) {
		if value := cipher[name]; isEncrypted(value) {
			document.sealed = append(document.sealed, place{at: section + ":" + name + ":", value: value})
			continue
		}
		// The key is not shown: it could be a secret in the wrong place.
		wrong = append(wrong, fmt.Errorf("%s: value %d of %d is not encrypted by sops", section, i+1, len(cipher)))
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return document, nil
}
