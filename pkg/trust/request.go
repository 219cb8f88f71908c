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

// NewRequest creates a certificate signing request for a cluster's intermediate, as PEM. It contains only the public
// key, and proves possession of the private key (RFC 2986).
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

// ParseRequest returns the public key of a request after verifying that its sender has the private key. Nothing else in
// a request is trusted: the signer decides what the certificate contains.
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
		return nil, fmt.Errorf("read request: %w", sanitized(err))
	}
	// Before the signature, because the verifier's error for weak keys has no remedy.
	if err := checkPublic(request.PublicKey); err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	if err := request.CheckSignature(); err != nil {
		return nil, fmt.Errorf("read request: %w",
			refuse(FaultKeyMismatch, "get the file again from its sender: it was changed on the way",
				"no proof of possession of the private key: %v", sanitized(err)))
	}
	if err := checkSampleKey(request.PublicKey); err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	return request.PublicKey, nil
}

// checkRequestText explains why a text is not a request.
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
