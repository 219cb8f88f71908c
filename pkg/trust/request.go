package trust

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/pemfile"
)

const requestBlock = "CERTIFICATE REQUEST"

// NewRequest asks for the certificate of a cluster, as PEM. The key stays where it is: the
// request has its public half, and proves that somebody has the other (RFC 2986).
func NewRequest(key Key, what Intermediate) ([]byte, error) {
	if key.IsZero() {
		return nil, errors.New("create request: no key")
	}
	if err := what.check(); err != nil {
		return nil, fmt.Errorf("create request: %w", err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: what.subject(),
		URIs:    what.identity(),
	}, key.signer)
	if err != nil {
		return nil, fmt.Errorf("create request: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: requestBlock, Bytes: der}), nil
}

// ParseRequest returns the public key of a request, after it has proved that its sender has the
// private one. Nothing else in a request is believed: whoever signs says what the certificate
// says.
func ParseRequest(text []byte) (crypto.PublicKey, error) {
	if err := checkRequestText(text); err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	block := firstBlock(text, func(kind string) bool { return kind == requestBlock || kind == "NEW "+requestBlock })
	if block == nil {
		return nil, fmt.Errorf("read request: %w",
			refuse(FaultMalformed, "use the file that kubectl mesh ca request writes", "no PEM block of type "+requestBlock))
	}
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read request: %w", told(err))
	}
	// Before the signature, which the verifier refuses for weak keys in words of its own.
	if err := checkPublic(request.PublicKey); err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	if err := request.CheckSignature(); err != nil {
		return nil, fmt.Errorf("read request: %w",
			refuse(FaultKeyMismatch, "get the file again from its sender: it was changed on the way",
				"no proof of possession of the private key: %v", told(err)))
	}
	if err := checkSampleKey(request.PublicKey); err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	return request.PublicKey, nil
}

// checkRequestText names what is no request.
func checkRequestText(text []byte) error {
	switch {
	case len(text) > maxKeyText:
		return refuse(FaultTooLarge, "keep only the request in the file", "it is larger than %d KiB", maxKeyText>>10)
	case pemfile.HoldsPrivateKey(text):
		return refuse(FaultPrivateKey, "create another key and request at the cluster's site: kubectl mesh ca request",
			"the file contains a private key: keys must stay where they are created, so create a new one")
	}
	return checkPEM(text, pemfile.Request)
}
