package sops

import (
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// EncryptedRegex selects the keys whose values are encrypted, as Flux documents it. sops compares it with each part of
// a path, so a nested data key is encrypted too.
const EncryptedRegex = "^(data|stringData)$"

// Version of sops with this format. sops determines the age of a file from it.
const Version = "3.13.3"

// Key of the block in a document.
const Key = "sops"

// Block is what sops adds to a document (sops stores/stores.go).
type Block struct {
	Age            []Stanza `json:"age"`
	EncryptedRegex string   `json:"encrypted_regex"`
	// LastModified is authenticated by the MAC.
	LastModified string `json:"lastmodified"`
	MAC          string `json:"mac"`
	// MACOnlyEncrypted allows others to label or rename the document: the MAC covers only what is encrypted.
	MACOnlyEncrypted bool   `json:"mac_only_encrypted"`
	Version          string `json:"version"`
}

// Stanza is the data key, encrypted to one recipient.
type Stanza struct {
	Enc       string `json:"enc"`
	Recipient string `json:"recipient"`
}

// check reports fields that sops would not write with our settings. None of them is free text, in which a credential
// could be published.
func (b Block) check() []error {
	var wrong []error
	refuse := func(field, format string, args ...any) {
		wrong = append(wrong, errors.New(Key+"."+field+": "+fmt.Sprintf(format, args...)))
	}
	if len(b.Age) == 0 {
		refuse("age", "has no recipient")
	}
	for i, stanza := range b.Age {
		if _, err := ParseRecipient(stanza.Recipient); err != nil {
			refuse(fmt.Sprintf("age[%d].recipient", i), "%v", err)
		}
		if !isDataKey(stanza.Enc) {
			refuse(fmt.Sprintf("age[%d].enc", i), "is not a data key that age encrypted to one recipient")
		}
	}
	if b.EncryptedRegex != EncryptedRegex {
		refuse("encrypted_regex", "must be %s", EncryptedRegex)
	}
	modified, err := time.Parse(time.RFC3339, b.LastModified)
	if err != nil || modified.Format(time.RFC3339) != b.LastModified {
		refuse("lastmodified", "must be a time such as 2006-01-02T15:04:05Z")
	}
	if _, sealed, err := splitValue(b.MAC); err != nil || len(sealed) != hex.EncodedLen(sha512.Size)+tagSize {
		refuse("mac", "is not a MAC that sops encrypted")
	}
	if !b.MACOnlyEncrypted {
		refuse("mac_only_encrypted", "must be true")
	}
	if !isVersion(b.Version) {
		refuse("version", "must be a version of sops")
	}
	return wrong
}

func isVersion(text string) bool {
	return len(text) <= 32 && regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$`).MatchString(text)
}

// Recipients of the data key, in block order.
func (b Block) Recipients() []string {
	var all []string
	for _, stanza := range b.Age {
		all = append(all, stanza.Recipient)
	}
	return all
}

// macSeed starts a MAC over encrypted values only, so that it never equals one over all values (sops sops.go,
// MACOnlyEncryptedInitialization).
const macSeed = "\x8a\x3f\xd2\xad\x54\xce\x66\x52\x7b\x10\x34\xf3\xd1\x47\xbe\x0b" +
	"\x0b\x97\x5b\x3b\xf4\x4f\x72\xc6\xfd\xad\xec\x81\x76\xf2\x7d\x69"

// macOf hashes the values in document order.
func macOf(values []string) string {
	sum := sha512.Sum512([]byte(macSeed + strings.Join(values, "")))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}
