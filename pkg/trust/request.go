package trust

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
)

const requestBlock = "CERTIFICATE REQUEST"

// NewRequest asks for the certificate of a cluster, as PEM. The key stays where it is: the
// request has its public half, and proves that somebody has the other (RFC 2986).
func NewRequest(key Key, what Intermediate) ([]byte, error) {
	if key.IsZero() {
		return nil, errors.New("make request: there is no key")
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: pkix.Name{CommonName: what.name(), Organization: []string{what.Mesh}},
		URIs:    []*url.URL{{Scheme: "spiffe", Host: what.TrustDomain}},
	}, key.signer)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: requestBlock, Bytes: der}), nil
}

// ParseRequest returns the public key of a request, after it has proved that its sender has the
// private one. Nothing else in a request is believed: whoever signs says what the certificate
// says.
func ParseRequest(text []byte) (crypto.PublicKey, error) {
	block := firstBlock(text, func(kind string) bool { return kind == requestBlock || kind == "NEW "+requestBlock })
	if block == nil {
		return nil, errors.New("read request: no PEM block of type " + requestBlock)
	}
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	if err := request.CheckSignature(); err != nil {
		return nil, fmt.Errorf("read request: it does not prove that its sender has the private key: %w", err)
	}
	if err := checkPublic(request.PublicKey); err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	if err := checkSampleKey(request.PublicKey); err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	return request.PublicKey, nil
}
