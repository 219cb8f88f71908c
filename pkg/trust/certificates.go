package trust

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/pemfile"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// Limits of one file. A bundle of roots has two during a rotation, and a Secret holds 1 MiB (Kubernetes core/v1,
// MaxSecretSize).
const (
	maxCertificates = 64
	maxText         = 1 << 20
)

const certificateBlock = "CERTIFICATE"

// ParseCertificates parses all certificates of a PEM file, at least one. It ignores text between blocks and rejects
// other blocks, above all private keys. The error for a file in another format names the format (pemfile.Error).
func ParseCertificates(text []byte) ([]*x509.Certificate, error) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	var all []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := parseCertificate(block)
		if err != nil {
			return nil, fmt.Errorf("failed to parse X.509 certificate %d: %w", len(all)+1, err)
		}
		all = append(all, certificate)
	}
	if len(all) == 0 {
		return nil, refuse(FaultMalformed, "use the file with the PEM certificates", "invalid PEM encoded certificate")
	}
	return all, nil
}

// checkText checks a file before its blocks are parsed.
func checkText(text []byte) error {
	switch {
	case len(text) > maxText:
		return refuse(FaultTooLarge, "keep only the required certificates", "larger than %d MiB", maxText>>20)
	case pemfile.HoldsPrivateKey(text):
		return refuse(FaultPrivateKey, "remove the private key; if the file was shared, replace the key",
			"the file contains a private key, which does not belong here")
	case bytes.Count(text, []byte("-----BEGIN ")) > maxCertificates:
		return refuse(FaultTooLarge,
			"this may be a bundle of public CAs: keep only the root and the intermediates of the mesh",
			"more than %d certificates", maxCertificates)
	}
	if err := checkPEM(text, pemfile.Certificates); err != nil {
		return fmt.Errorf("invalid PEM encoded certificate: %w", err)
	}
	return nil
}

func parseCertificate(block *pem.Block) (*x509.Certificate, error) {
	if len(block.Headers) > 0 { // as x509.CertPool, and therefore istiod
		return nil, refuse(FaultMalformed,
			"openssl x509 -in FILE -out NEW", "the PEM block has headers, and istiod ignores such blocks")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, hint.Add(&Refusal{
			Fault: FaultMalformed,
			text:  sanitized(err).Error(),
		}, "copy the file again; to inspect it: openssl x509 -in FILE -noout -text")
	}
	if key, ok := certificate.PublicKey.(*rsa.PublicKey); ok { // before anything is verified with the key
		return certificate, checkMost(key)
	}
	return certificate, nil
}

// EncodeCertificates returns certificates as PEM, in order.
func EncodeCertificates(certificates ...*x509.Certificate) []byte {
	var text bytes.Buffer
	for _, certificate := range certificates {
		_ = pem.Encode(&text, &pem.Block{Type: certificateBlock, Bytes: certificate.Raw}) // a buffer never fails
	}
	return text.Bytes()
}

// Fingerprint returns the SHA-256 of a certificate, in lower-case hexadecimal digits, the form of spec.trust.ca.roots
// and installed.rootSHA256.
func Fingerprint(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.Raw)
	return hex.EncodeToString(sum[:])
}

// KeyFingerprint returns the SHA-256 of a public key (its SubjectPublicKeyInfo, RFC 5280 section 4.1) in the form that
// people read to each other: SHA256:AB:CD and so on.
func KeyFingerprint(public crypto.PublicKey) (string, error) {
	sum, err := keySum(public)
	if err != nil {
		return "", err
	}
	digits := make([]string, len(sum))
	for i, b := range sum {
		digits[i] = fmt.Sprintf("%02X", b)
	}
	return "SHA256:" + strings.Join(digits, ":"), nil
}

func keySum(public crypto.PublicKey) ([sha256.Size]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return [sha256.Size]byte{}, fmt.Errorf("encode public key: %w", err)
	}
	return sha256.Sum256(der), nil
}

// firstBlock returns the first PEM block of a wanted type.
func firstBlock(text []byte, wanted func(kind string) bool) *pem.Block {
	for {
		block, rest := pem.Decode(text)
		if block == nil || wanted(block.Type) {
			return block
		}
		text = rest
	}
}

// shown returns text from a file for display: truncated, and without terminal control characters.
func shown(text string) string { return clip(text, 40) }

// sanitized returns a parser's error for display; it can repeat what was parsed.
func sanitized(err error) error { return errors.New(clip(err.Error(), 240)) }

func clip(text string, most int) string {
	clean := printable.Map(text, '?')
	if runes := []rune(clean); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return clean
}
