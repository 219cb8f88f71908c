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

	"github.com/kubectl-mesh/kubectl-mesh/pkg/pemfile"
)

// KeyType is a type of key that NewKey generates. Of the curves, istiod signs only with P-256 and P-384 (istio/istio.io
// PR 14496).
type KeyType string

// Key types.
const (
	P256    KeyType = "p256"
	P384    KeyType = "p384"
	RSA4096 KeyType = "rsa4096"
)

// The smallest accepted modulus, in bits (NIST SP 800-57 part 1), and the largest that a TLS peer written in Go accepts
// in any certificate of a chain (crypto/tls handshake_client.go, checkKeySize).
const (
	leastRSA = 2048
	mostRSA  = 8192
)

// maxKeyText is far above the size of such a key with the attributes that openssl writes before it.
const maxKeyText = 64 << 10

const redacted = "[redacted]"

// Key is a private key. Printing, logging or encoding it reveals nothing; only PEM returns it.
type Key struct{ signer crypto.Signer }

// NewKey generates a key.
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
		return Key{}, fmt.Errorf("create key: unsupported kind %q; supported: %s, %s and %s", kind, P256, P384, RSA4096)
	}
	if err != nil {
		return Key{}, fmt.Errorf("create key: %w", err)
	}
	return Key{signer: signer}, nil
}

// ParseKey parses the first PEM block: unencrypted PKCS#8, SEC1 or PKCS#1, as istiod does (istio
// security/pkg/pki/util/crypto.go). It rejects weak keys and other curves. The error for a file in another format names
// the format (pemfile.Error).
func ParseKey(text []byte) (Key, error) {
	if len(text) > maxKeyText {
		return Key{}, refuse(FaultTooLarge,
			"keep only the private key in the file", "the private key is larger than %d KiB", maxKeyText>>10)
	}
	if err := checkKeyText(text); err != nil {
		return Key{}, err
	}
	block := firstBlock(text, func(kind string) bool { return kind != "EC PARAMETERS" }) // openssl writes them first
	if block == nil {
		return Key{}, refuse(FaultMalformed, "use the file with the private key, as PEM", "invalid PEM-encoded key")
	}
	signer, err := parseKeyBlock(block)
	if err != nil {
		return Key{}, err
	}
	if err := checkPublic(signer.Public()); err != nil {
		return Key{}, err
	}
	return Key{signer: signer}, nil
}

// checkKeyText explains why a text contains no readable private key.
func checkKeyText(text []byte) error {
	err := checkPEM(text, pemfile.PrivateKey)
	if refused, ok := errors.AsType[*pemfile.Error](err); ok && refused.Found != pemfile.EncryptedKeyPEM {
		return fmt.Errorf("invalid PEM-encoded key: %w", err)
	}
	return err
}

// parseKeyBlock drops the parser's error, which can contain parts of the key.
func parseKeyBlock(block *pem.Block) (crypto.Signer, error) {
	var parsed any
	var err error
	switch block.Type {
	case "EC PRIVATE KEY":
		parsed, err = x509.ParseECPrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	default:
		parsed, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	signer, ok := parsed.(crypto.Signer)
	if err != nil || !ok {
		return nil, refuse(FaultMalformed, "copy the file again; to inspect it: openssl pkey -in FILE -noout",
			"failed to parse the private key in the %s block", shown(block.Type))
	}
	return signer, nil
}

// PEM returns the key as PKCS#8. It is secret.
func (k Key) PEM() ([]byte, error) {
	if k.signer == nil {
		return nil, errors.New("encode key: no key")
	}
	der, err := x509.MarshalPKCS8PrivateKey(k.signer)
	if err != nil {
		return nil, fmt.Errorf("encode key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// Public returns the public key; nil for the zero Key.
func (k Key) Public() crypto.PublicKey {
	if k.signer == nil {
		return nil
	}
	return k.signer.Public()
}

// IsZero reports whether there is no key.
func (k Key) IsZero() bool { return k.signer == nil }

// String returns "[redacted]".
func (Key) String() string { return redacted }

// GoString returns "[redacted]".
func (Key) GoString() string { return redacted }

// Format writes "[redacted]", whatever the verb.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue returns "[redacted]".
func (Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[redacted]".
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns "[redacted]".
func (Key) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// UnmarshalJSON fails: an encoded Key contains no key.
func (*Key) UnmarshalJSON([]byte) error { return errors.New("read key: keys are read from PEM only") }

// otherKey is the remedy for an unusable key.
const otherKey = "create another key, ECDSA P-256 or RSA with 2048 bits or more, and get a certificate for it"

// checkPublic rejects weak keys, and keys that istiod cannot sign with.
func checkPublic(public crypto.PublicKey) error {
	switch key := public.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < leastRSA {
			return refuse(FaultWeak, otherKey, "the RSA key has %d bits: the minimum is %d", key.N.BitLen(), leastRSA)
		}
		return checkMost(key)
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() && key.Curve != elliptic.P384() {
			return refuse(FaultWeak, otherKey,
				"the key is on curve %s: istiod signs with P-256 and P-384", key.Curve.Params().Name)
		}
	default:
		return refuse(FaultWeak, otherKey, "a key of type %T: istiod signs with RSA and ECDSA", public)
	}
	return nil
}

func checkMost(key *rsa.PublicKey) error {
	if key.N.BitLen() > mostRSA {
		return refuse(FaultWeak, otherKey, "the RSA key has %d bits: the maximum is %d", key.N.BitLen(), mostRSA)
	}
	return nil
}

// Algorithm describes a public key: ECDSA P-256, RSA 4096.
func Algorithm(public crypto.PublicKey) string {
	switch key := public.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", key.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + key.Curve.Params().Name
	}
	return "unknown"
}
