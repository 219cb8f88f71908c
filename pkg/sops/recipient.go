package sops

import (
	"errors"
	"fmt"
	"strings"

	"filippo.io/age"
)

// Recipient of a data key.
type Recipient struct {
	text string
	to   age.Recipient
}

// String returns the recipient as specified.
func (r Recipient) String() string { return r.text }

// Prefixes of age keys (https://age-encryption.org/v1, filippo.io/age pq.go).
const (
	prefixHybrid = "age1pq1"
	prefixX25519 = "age1"
	prefixSecret = "age-secret-key-"
)

// ErrSecret reports a private key in place of a public one.
var ErrSecret = errors.New("it is a private key: treat it as compromised, and generate a new one")

// ParseRecipient parses the public keys that age supports without plugins: X25519, and ML-KEM-768 with X25519. Its
// errors never repeat the text.
func ParseRecipient(text string) (Recipient, error) {
	var to age.Recipient
	var err error
	switch {
	case strings.HasPrefix(strings.ToLower(text), prefixSecret):
		return Recipient{}, ErrSecret
	case strings.HasPrefix(text, "ssh-") || strings.HasPrefix(text, "ecdsa-"):
		return Recipient{}, errors.New("it is an SSH key: Flux does not support SSH keys, and age writes a tag of the " +
			"key into each file")
	case strings.HasPrefix(text, prefixHybrid):
		to, err = parse(age.ParseHybridRecipient(text))
	case isPlugin(text):
		return Recipient{}, errors.New("it belongs to a plugin: sealing would run the program age-plugin-" +
			pluginName(text) + " because of a file in a repository")
	case strings.HasPrefix(text, prefixX25519):
		to, err = parse(age.ParseX25519Recipient(text))
	default:
		return Recipient{}, errors.New("it does not begin with age1")
	}
	if err != nil {
		return Recipient{}, errors.New("it is damaged: a character is missing, or wrong")
	}
	return Recipient{text: text, to: to}, nil
}

// parse drops age's error, which repeats the text.
func parse[R age.Recipient](to R, err error) (age.Recipient, error) { return to, err }

// isPlugin: the name of a plugin is between age1 and the last 1 (age plugin specification, Bech32).
func isPlugin(text string) bool {
	return strings.HasPrefix(text, prefixX25519) && strings.LastIndex(text, "1") > len(prefixX25519)-1
}

func pluginName(text string) string {
	name := text[len(prefixX25519):strings.LastIndex(text, "1")]
	if len(name) > 20 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return "…"
	}
	return name
}

// ParseIdentities parses the output of age-keygen. Its errors never repeat the text.
func ParseIdentities(text []byte) ([]age.Identity, error) {
	identities, err := age.ParseIdentities(strings.NewReader(string(text)))
	if err != nil {
		return nil, fmt.Errorf("parse age identities: %w", errNoIdentity)
	}
	return identities, nil
}

var errNoIdentity = errors.New("it must contain only comments and lines that begin with AGE-SECRET-KEY-")

// Age returns the recipient in age's type, to encrypt a file to it.
func (r Recipient) Age() age.Recipient { return r.to }
