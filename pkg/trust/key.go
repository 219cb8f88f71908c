package trust

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// KeyType is a kind of key that can be made. istiod signs with P-256 and P-384 alone of the
// curves (istio/istio.io PR 14496).
type KeyType string

// The kinds of keys.
const (
	P256    KeyType = "p256"
	P384    KeyType = "p384"
	RSA4096 KeyType = "rsa4096"
)

// leastRSA is the shortest modulus, in bits, that is taken in (NIST SP 800-57 part 1).
const leastRSA = 2048

const redacted = "[redacted]"

// Key is a private key. However it is printed, logged or encoded, it shows nothing; PEM alone
// gives it away.
type Key struct{ signer crypto.Signer }

// NewKey makes a key.
func NewKey(kind KeyType) (Key, error) {
	var signer crypto.Signer
	var err error
	switch kind {
	case P256:
		signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case P384:
		signer, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case RSA4096:
		signer, err = rsa.GenerateKey(rand.Reader, 4096)
	default:
		return Key{}, fmt.Errorf("make key: no kind %q; there are %s, %s and %s", kind, P256, P384, RSA4096)
	}
	if err != nil {
		return Key{}, fmt.Errorf("make key: %w", err)
	}
	return Key{signer}, nil
}

// ParseKey reads the first PEM block: PKCS#8, SEC1 or PKCS#1, not encrypted, as istiod does
// (istio security/pkg/pki/util/crypto.go). Weak keys and other curves are refused.
func ParseKey(text []byte) (Key, error) {
	block := firstBlock(text, func(kind string) bool { return kind != "EC PARAMETERS" }) // openssl writes them first
	if block == nil {
		return Key{}, errors.New("invalid PEM-encoded key")
	}
	signer, err := parseKeyBlock(block)
	if err != nil {
		return Key{}, err
	}
	if err := checkPublic(signer.Public()); err != nil {
		return Key{}, err
	}
	return Key{signer}, nil
}

// parseKeyBlock never repeats what a parser says of a key: it may hold parts of it.
func parseKeyBlock(block *pem.Block) (crypto.Signer, error) {
	var parsed any
	var err error
	switch {
	case block.Type == "ENCRYPTED PRIVATE KEY", block.Headers["DEK-Info"] != "":
		return nil, errors.New("the private key is encrypted, which istiod cannot read")
	case block.Type == "EC PRIVATE KEY":
		parsed, err = x509.ParseECPrivateKey(block.Bytes)
	case block.Type == "RSA PRIVATE KEY":
		parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case block.Type == "PRIVATE KEY":
		parsed, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	default:
		return nil, fmt.Errorf("unsupported PEM block type for a private key: %s", printable(block.Type))
	}
	signer, ok := parsed.(crypto.Signer)
	if err != nil || !ok {
		return nil, fmt.Errorf("failed to parse the private key in the %s block", block.Type)
	}
	return signer, nil
}

// PEM is the key as PKCS#8. It is secret.
func (k Key) PEM() ([]byte, error) {
	if k.signer == nil {
		return nil, errors.New("encode key: there is none")
	}
	der, err := x509.MarshalPKCS8PrivateKey(k.signer)
	if err != nil {
		return nil, fmt.Errorf("encode key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// Public is the public half; nil for the zero Key.
func (k Key) Public() crypto.PublicKey {
	if k.signer == nil {
		return nil
	}
	return k.signer.Public()
}

// IsZero tells whether there is no key.
func (k Key) IsZero() bool { return k.signer == nil }

// String shows nothing, and so does every other way in which a value is shown.
func (Key) String() string { return redacted }

// GoString shows nothing.
func (Key) GoString() string { return redacted }

// Format shows nothing, whatever the verb.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue shows nothing to slog.
func (Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText shows nothing to encoders.
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON shows nothing to encoders of JSON.
func (Key) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// UnmarshalJSON refuses: what is encoded is no key.
func (*Key) UnmarshalJSON([]byte) error { return errors.New("read key: keys are read from PEM only") }

// checkPublic refuses keys that are weak, or that istiod cannot sign with.
func checkPublic(public crypto.PublicKey) error {
	switch key := public.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < leastRSA {
			return fmt.Errorf("the RSA key has %d bits: %d are the least", key.N.BitLen(), leastRSA)
		}
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() && key.Curve != elliptic.P384() {
			return fmt.Errorf("the key is on curve %s: istiod signs with P-256 and P-384", key.Curve.Params().Name)
		}
	default:
		return fmt.Errorf("a key of type %T: istiod signs with RSA and ECDSA", public)
	}
	return nil
}

// Algorithm names the kind of a public key for people: ECDSA P-256, RSA 4096.
func Algorithm(public crypto.PublicKey) string {
	switch key := public.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", key.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + key.Curve.Params().Name
	}
	return "unknown"
}
