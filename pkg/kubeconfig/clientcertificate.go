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

// ClientCertificate is a certificate with which a client shows who it is, and its key. Like Token
// it does not print by accident. The zero value is none.
type ClientCertificate struct {
	_ [0]func()
	// A pointer, as in Token.
	pair *certificatePair
}

type certificatePair struct {
	certificate, key []byte
	leaf             *x509.Certificate
}

// ParseClientCertificate takes a certificate, or a chain that begins with it, and its key, as PEM. It keeps
// these alone, in their plain form: text, headers and other blocks, which the parser passes over, are not
// passed on either. Its errors never repeat anything of the key.
func ParseClientCertificate(certificate, key []byte) (ClientCertificate, error) {
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return ClientCertificate{}, errors.New("parse client certificate: certificate and key do not belong together, " +
			"or are not PEM")
	}
	var chain bytes.Buffer
	for _, der := range pair.Certificate {
		_ = pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: der}) // a buffer takes everything
	}
	return ClientCertificate{pair: &certificatePair{certificate: chain.Bytes(), key: plainKey(key), leaf: pair.Leaf}}, nil
}

// plainKey is the first key of a text, which tls.X509KeyPair takes, and nothing else of it.
func plainKey(text []byte) []byte {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "PRIVATE KEY" || strings.HasSuffix(block.Type, " PRIVATE KEY") {
			return pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes})
		}
	}
	return nil
}

// IsZero tells whether there is none.
func (c ClientCertificate) IsZero() bool { return c.pair == nil }

// User is who the certificate says that the client is: its common name.
func (c ClientCertificate) User() string { return c.pair.leaf.Subject.CommonName }

// NotBefore is its beginning.
func (c ClientCertificate) NotBefore() time.Time { return c.pair.leaf.NotBefore }

// NotAfter is its end.
func (c ClientCertificate) NotAfter() time.Time { return c.pair.leaf.NotAfter }

// Fingerprint identifies the certificate: "sha256:" and the first 16 hexadecimal digits of its
// SHA-256.
func (c ClientCertificate) Fingerprint() string {
	sum := sha256.Sum256(c.pair.leaf.Raw)
	return "sha256:" + hex.EncodeToString(sum[:8])
}

// Reveal returns certificate and key as PEM; nothing for the zero value.
func (c ClientCertificate) Reveal() (certificate, key []byte) {
	if c.pair == nil {
		return nil, nil
	}
	return c.pair.certificate, c.pair.key
}

// String shows nothing.
func (c ClientCertificate) String() string { return redacted }

// GoString shows nothing.
func (c ClientCertificate) GoString() string { return redacted }

// MarshalText shows nothing.
func (c ClientCertificate) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// NewClientKey makes the key of a client certificate, as PEM. It is secret.
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

// NewClientRequest asks, as PEM, for a client certificate of a user with a key in PKCS#8, of this
// program or of another. Its errors never repeat anything of the key.
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

// ClientRequestUser is the user that a request asks to be. It has proved nothing.
func ClientRequestUser(request []byte) (string, error) {
	csr, err := parseClientRequest(request)
	if err != nil {
		return "", err
	}
	return csr.Subject.CommonName, nil
}

// parseClientRequest takes one block and nothing around it: the text goes to an API server, whose signer may
// pass over other things than this parser does.
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

// CheckClientRequest refuses a request that would make its sender anybody else than user: another
// name, a group (an API server takes organizations for groups, system:masters among them), or
// further names. It returns the fingerprint of the request's public key, to be compared.
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

// Leaf is the certificate itself; nil for the zero value.
func (c ClientCertificate) Leaf() *x509.Certificate {
	if c.pair == nil {
		return nil
	}
	return c.pair.leaf
}

// ClientCertificateText are the certificates of a PEM text and nothing around them: no key, and nothing that another
// party could read as one.
func ClientCertificateText(text []byte) ([]byte, error) {
	var chain bytes.Buffer
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("read client certificate: it contains another PEM block, of type %.40q", block.Type)
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return nil, errors.New("read client certificate: it cannot be parsed")
		}
		_ = pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: block.Bytes}) // a buffer takes everything
	}
	if chain.Len() == 0 {
		return nil, errors.New("read client certificate: it is not PEM")
	}
	return chain.Bytes(), nil
}

// AnswersClientRequest tells whether a certificate is for the key of a request.
func AnswersClientRequest(certificate, request []byte) bool {
	csr, err := parseClientRequest(request)
	block, _ := pem.Decode(certificate)
	if err != nil || block == nil {
		return false
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	return err == nil && bytes.Equal(leaf.RawSubjectPublicKeyInfo, csr.RawSubjectPublicKeyInfo)
}
