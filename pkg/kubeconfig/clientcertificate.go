package kubeconfig

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ClientCertificate is a client certificate with its private key. Like Token, it cannot be printed by accident. The
// zero value is no certificate.
type ClientCertificate struct {
	_ [0]func()
	// A pointer for the same reason as in Token.
	pair *certificatePair
}

type certificatePair struct {
	certificate, key []byte
	leaf             *x509.Certificate
}

// ParseClientCertificate parses a PEM certificate or chain, leaf first, and its key. Only these are kept, re-encoded:
// text, headers and other blocks, which the parser skips, are dropped. Errors never contain any part of the key.
func ParseClientCertificate(certificate, key []byte) (ClientCertificate, error) {
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return ClientCertificate{}, errors.New("parse client certificate: certificate and key do not belong together, " +
			"or are not PEM")
	}
	var chain bytes.Buffer
	for _, der := range pair.Certificate {
		_ = pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: der}) // a buffer never fails
	}
	return ClientCertificate{pair: &certificatePair{certificate: chain.Bytes(), key: plainKey(key), leaf: pair.Leaf}}, nil
}

// plainKey returns the key that tls.X509KeyPair uses, without the text around it.
func plainKey(text []byte) []byte {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "PRIVATE KEY" || strings.HasSuffix(block.Type, " PRIVATE KEY") {
			return pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes})
		}
	}
	return nil
}

// IsZero reports whether there is no certificate.
func (c ClientCertificate) IsZero() bool { return c.pair == nil }

// User returns the user that the certificate authenticates: its common name.
func (c ClientCertificate) User() string { return c.pair.leaf.Subject.CommonName }

// NotBefore returns the start of the certificate's validity.
func (c ClientCertificate) NotBefore() time.Time { return c.pair.leaf.NotBefore }

// NotAfter returns when the certificate expires.
func (c ClientCertificate) NotAfter() time.Time { return c.pair.leaf.NotAfter }

// Fingerprint identifies the certificate: "sha256:" and the first 16 hexadecimal digits of its SHA-256.
func (c ClientCertificate) Fingerprint() string {
	sum := sha256.Sum256(c.pair.leaf.Raw)
	return "sha256:" + hex.EncodeToString(sum[:8])
}

// Reveal returns certificate and key as PEM; nil for the zero value.
func (c ClientCertificate) Reveal() (certificate, key []byte) {
	if c.pair == nil {
		return nil, nil
	}
	return c.pair.certificate, c.pair.key
}

// String returns "[redacted]".
func (c ClientCertificate) String() string { return redacted }

// GoString returns "[redacted]".
func (c ClientCertificate) GoString() string { return redacted }

// MarshalText returns "[redacted]".
func (c ClientCertificate) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// NewClientKey generates the private key of a client certificate, as PEM.
func NewClientKey() ([]byte, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("create client key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("encode client key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// NewClientRequest creates a PEM certificate signing request for a user, with a PKCS#8 key, which another program may
// have created. Errors never contain any part of the key.
func NewClientRequest(key []byte, user string) ([]byte, error) {
	block, _ := pem.Decode(key)
	if block == nil {
		return nil, errors.New("read client key: it is not PEM")
	}
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("read client key: it is not a private key in PKCS#8")
	}
	template := &x509.CertificateRequest{Subject: pkix.Name{CommonName: user}}
	request, err := x509.CreateCertificateRequest(rand.Reader, template, private)
	if err != nil {
		return nil, errors.New("create client request: the key cannot sign it")
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: request}), nil
}

// ClientRequestUser returns the user that a request is for. This proves nothing about the sender.
func ClientRequestUser(request []byte) (string, error) {
	csr, err := parseClientRequest(request)
	if err != nil {
		return "", err
	}
	return csr.Subject.CommonName, nil
}

// parseClientRequest accepts exactly one block and nothing around it: the API server's signer may interpret other text
// differently.
func parseClientRequest(request []byte) (*x509.CertificateRequest, error) {
	const kind = "CERTIFICATE REQUEST"
	text := bytes.TrimSpace(request)
	block, rest := pem.Decode(text)
	if block == nil || block.Type != kind || len(block.Headers) > 0 || len(rest) > 0 ||
		bytes.Count(text, []byte("-----BEGIN ")) != 1 || !bytes.HasPrefix(text, []byte("-----BEGIN "+kind+"-----")) {
		return nil, errors.New("read client request: it is not one PEM block of type CERTIFICATE REQUEST")
	}
	csr, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return nil, errors.New("read client request: it cannot be parsed")
	}
	return csr, nil
}

// CheckClientRequest rejects a request that would authenticate its sender as anyone but user: another name, a group
// (API servers read organizations as groups, including system:masters), or additional names. It returns the fingerprint
// of the request's public key, for comparison with the sender's.
func CheckClientRequest(request []byte, user string) (fingerprint string, err error) {
	csr, err := parseClientRequest(request)
	if err != nil {
		return "", err
	}
	switch {
	case csr.CheckSignature() != nil:
		return "", errors.New("read client request: no proof of possession of the key")
	case csr.Subject.CommonName != user:
		return "", fmt.Errorf("read client request: it requests user %q, not %q", csr.Subject.CommonName, user)
	case len(csr.Subject.Names) != 1 || len(csr.DNSNames)+len(csr.EmailAddresses)+len(csr.IPAddresses)+len(csr.URIs) > 0:
		return "", errors.New("read client request: it requests groups or addresses")
	}
	sum := sha256.Sum256(csr.RawSubjectPublicKeyInfo)
	digits := make([]string, len(sum))
	for i, b := range sum {
		digits[i] = fmt.Sprintf("%02X", b)
	}
	return "SHA256:" + strings.Join(digits, ":"), nil
}

// Leaf returns the certificate without its chain; nil for the zero value.
func (c ClientCertificate) Leaf() *x509.Certificate {
	if c.pair == nil {
		return nil
	}
	return c.pair.leaf
}

// ClientCertificateText returns only the certificates of a PEM text: no key, and nothing that another parser could read
// as one.
func ClientCertificateText(text []byte) ([]byte, error) {
	var chain bytes.Buffer
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("read client certificate: it contains another PEM block, of type %.40q", block.Type)
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return nil, errors.New("read client certificate: it cannot be parsed")
		}
		_ = pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: block.Bytes}) // a buffer never fails
	}
	if chain.Len() == 0 {
		return nil, errors.New("read client certificate: it is not PEM")
	}
	return chain.Bytes(), nil
}

// AnswersClientRequest reports whether a certificate was issued for a request's key.
func AnswersClientRequest(certificate, request []byte) bool {
	csr, err := parseClientRequest(request)
	block, _ := pem.Decode(certificate)
	if err != nil || block == nil {
		return false
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	return err == nil && bytes.Equal(leaf.RawSubjectPublicKeyInfo, csr.RawSubjectPublicKeyInfo)
}
