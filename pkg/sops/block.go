package sops

import (
	"crypto/sha512"
	"encoding/hex"
	"strings"
)

// EncryptedRegex is which keys have their values encrypted, as Flux documents it. sops compares it
// with each part of a path, so a data that lies deeper is encrypted too.
const EncryptedRegex = "^(data|stringData)$"

// Version is the version of sops whose format this is. A reader of sops decides by it how old the
// file is.
const Version = "3.13.3"

// Key is where the block stands in a document.
const Key = "sops"

// Block is what sops writes into a document beside what it encrypts (sops stores/stores.go).
type Block struct {
	Age            []Stanza `json:"age" yaml:"age"`
	EncryptedRegex string   `json:"encrypted_regex" yaml:"encrypted_regex"`
	// LastModified is what the MAC is bound to.
	LastModified string `json:"lastmodified" yaml:"lastmodified"`
	MAC          string `json:"mac" yaml:"mac"`
	// MACOnlyEncrypted lets others label or rename the document: the MAC covers what is encrypted.
	MACOnlyEncrypted bool   `json:"mac_only_encrypted" yaml:"mac_only_encrypted"`
	Version          string `json:"version" yaml:"version"`
}

// Stanza is the data key, encrypted to one recipient.
type Stanza struct {
	Enc       string `json:"enc" yaml:"enc"`
	Recipient string `json:"recipient" yaml:"recipient"`
}

// Recipients of the data key, in the order of the block.
func (b Block) Recipients() []string {
	var all []string
	for _, stanza := range b.Age {
		all = append(all, stanza.Recipient)
	}
	return all
}

// macSeed begins a MAC over encrypted values alone, so that it never equals one over all values
// (sops sops.go, MACOnlyEncryptedInitialization).
const macSeed = "\x8a\x3f\xd2\xad\x54\xce\x66\x52\x7b\x10\x34\xf3\xd1\x47\xbe\x0b\x0b\x97\x5b\x3b\xf4\x4f\x72\xc6\xfd\xad\xec\x81\x76\xf2\x7d\x69"

// macOf are the values in the order of the document.
func macOf(values []string) string {
	sum := sha512.Sum512([]byte(macSeed + strings.Join(values, "")))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}
