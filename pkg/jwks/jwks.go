package jwks

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/strict"
)

// MaxSize bounds a set, in bytes: an API server has two or three keys.
const MaxSize = 64 << 10

// Set has at least one key.
type Set struct{ Keys []Key }

// Key is a public key. These members identify a key and verify a signature (RFC 7517 section 4, RFC 7518 sections 6.2.1
// and 6.3.1); others, such as certificates, are dropped.
type Key struct {
	Algorithm string `json:"alg,omitempty"`
	Curve     string `json:"crv,omitempty"`
	E         string `json:"e,omitempty"`
	ID        string `json:"kid,omitempty"`
	Type      string `json:"kty"`
	N         string `json:"n,omitempty"`
	Use       string `json:"use,omitempty"`
	X         string `json:"x,omitempty"`
	Y         string `json:"y,omitempty"`
}

var (
	// ErrNoSet reports that a text is not a set.
	ErrNoSet = errors.New(`must be a JSON Web Key Set with at least one key: {"keys": [...]}`)
	// ErrPrivate reports that a set contains part of a private key.
	ErrPrivate = errors.New("must contain only public keys")
)

// Parse parses a set, and rejects private keys and anything ambiguous: a duplicate member, or one that differs from a
// known name only in letter case. It drops unknown members. Errors repeat no value.
func Parse(text []byte) (Set, error) {
	if len(text) > MaxSize {
		return Set{}, fmt.Errorf("must not be larger than %d KiB", MaxSize>>10)
	}
	var members map[string]json.RawMessage
	if err := strict.JSON(text, &members); err != nil {
		return Set{}, orNoSet(err)
	}
	if err := checkCase(members, []string{"keys"}, "it"); err != nil {
		return Set{}, err
	}
	var found struct {
		Keys []map[string]json.RawMessage `json:"keys"`
	}
	if err := strict.JSON(text, &found, strict.AllowUnknownFields); err != nil || len(found.Keys) == 0 {
		return Set{}, orNoSet(err)
	}
	var set Set
	for i, members := range found.Keys {
		key, err := parseKey(members, fmt.Sprintf("keys[%d]", i))
		if err != nil {
			return Set{}, err
		}
		set.Keys = append(set.Keys, key)
	}
	slices.SortFunc(set.Keys, func(a, b Key) int { return strings.Compare(a.text(), b.text()) })
	return set, nil
}

// orNoSet returns a duplicate member's error unchanged, and ErrNoSet for anything else.
func orNoSet(err error) error {
	var problem strict.Problem
	if errors.As(err, &problem) && problem.Message == "duplicate field" {
		return fmt.Errorf("must have each member once: %w", err)
	}
	return ErrNoSet
}

func parseKey(members map[string]json.RawMessage, at string) (Key, error) {
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if i := slices.IndexFunc(private(), func(p string) bool { return strings.EqualFold(p, name) }); i >= 0 {
			return Key{}, fmt.Errorf("%w: %s has %s, which is a part of a private key", ErrPrivate, at, private()[i])
		}
	}
	if err := checkCase(members, public(), at); err != nil {
		return Key{}, err
	}
	text, err := json.Marshal(members)
	if err != nil {
		return Key{}, ErrNoSet
	}
	var key Key
	if err := strict.JSON(text, &key, strict.AllowUnknownFields); err != nil {
		return Key{}, fmt.Errorf("must contain keys with text members: %s: %w", at, err)
	}
	if key.Type == "" {
		return Key{}, fmt.Errorf("must contain keys with a type: %s has no kty", at)
	}
	for _, number := range []struct{ name, value string }{
		{name: "e", value: key.E},
		{name: "n", value: key.N},
		{name: "x", value: key.X},
		{name: "y", value: key.Y},
	} {
		raw, err := base64.RawURLEncoding.DecodeString(number.value)
		if err != nil || base64.RawURLEncoding.EncodeToString(raw) != number.value {
			return Key{}, fmt.Errorf("must contain keys in base64url: %s.%s is not", at, number.name)
		}
	}
	return key, nil
}

// checkCase rejects names that case-insensitive readers take for known ones.
func checkCase(members map[string]json.RawMessage, known []string, at string) error {
	for _, name := range slices.Sorted(maps.Keys(members)) {
		i := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, name) })
		if i >= 0 && known[i] != name {
			return fmt.Errorf("must use exact member names: %s has %s in another letter case", at, known[i])
		}
	}
	return nil
}

// public returns the members of Key.
func public() []string { return []string{"alg", "crv", "e", "kid", "kty", "n", "use", "x", "y"} }

// private returns the members of private keys (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1).
func private() []string { return []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} }

func (k Key) text() string {
	text, err := json.Marshal(k)
	if err != nil {
		return "" // of strings
	}
	return string(text)
}

// String returns the set in canonical form, on one line: the same for every order of keys and members.
func (s Set) String() string {
	keys := make([]string, len(s.Keys))
	for i, key := range s.Keys {
		keys[i] = key.text()
	}
	return `{"keys":[` + strings.Join(keys, ",") + `]}`
}
