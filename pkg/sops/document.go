package sops

import (
	"fmt"
	"maps"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
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
// and nobody else, and that every value is encrypted. The error is a strict.Problems.
func NewDocument(section string, cipher map[string]string, block Block) (*Document, error) {
	problems, document := block.check(), &Document{Block: block}
	for i, name := range slices.Sorted(maps.Keys(cipher)) {
		if value := cipher[name]; isEncrypted(value) {
			document.sealed = append(document.sealed, place{at: section + ":" + name + ":", value: value})
			continue
		}
		problems = append(problems, strict.Problem{Field: section, // not the key, which could be a secret in the wrong place
			Message: fmt.Sprintf("value %d of %d is not encrypted by sops", i+1, len(cipher))})
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return document, nil
}
