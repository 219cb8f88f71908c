package sops

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Document is the encrypted part of a document: the values below one key, and the block.
type Document struct {
	Block Block
	// sealed is in document order, which the MAC covers.
	sealed []place
}

// place is an encrypted value with its position.
type place struct{ at, value string }

// NewDocument accepts the output of Encrypt: the values of a map under the key section of a document, with sorted keys,
// and the block. It requires the settings of Encrypt, age recipients only, and that every value is encrypted. The error
// joins all problems, each with its field path.
func NewDocument(section string, cipher map[string]string, block Block) (*Document, error) {
	wrong, document := block.check(), &Document{Block: block}
	for i, name := range slices.Sorted(maps.Keys(cipher)) {
		if value := cipher[name]; isEncrypted(value) {
			document.sealed = append(document.sealed, place{at: section + ":" + name + ":", value: value})
			continue
		}
		// The key is not repeated, because it could be a misplaced secret.
		wrong = append(wrong, fmt.Errorf("%s: value %d of %d is not encrypted by sops", section, i+1, len(cipher)))
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return document, nil
}
