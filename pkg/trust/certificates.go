package trust

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// maxCertificates bounds what is read of one file: a bundle of roots has two in a rotation.
const maxCertificates = 64

const certificateBlock = "CERTIFICATE"

// ParseCertificates reads all certificates of a PEM file; one at least. Text between the blocks
// is passed over; blocks of other kinds are an error, a private key above all.
func ParseCertificates(text []byte) ([]*x509.Certificate, error) {
	if holdsPrivateKey(text) {
		return nil, errors.New("there is a private key among the certificates: it does not belong here")
	}
	begun := bytes.Count(text, []byte("-----BEGIN "))
	if begun > maxCertificates {
		return nil, fmt.Errorf("more than %d certificates", maxCertificates)
	}
	var all []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := parseCertificate(block)
		if err != nil {
			return nil, fmt.Errorf("failed to parse X.509 certificate %d: %w", len(all)+1, err)
		}
		all = append(all, certificate)
	}
	switch {
	case len(all) == 0:
		return nil, errors.New("invalid PEM encoded certificate")
	case len(all) < begun: // the decoder passes over what it cannot read, and so does istiod: a root would be missing
		return nil, fmt.Errorf("invalid PEM encoded certificate: of %d blocks that begin only %d can be read", begun, len(all))
	}
	return all, nil
}

func parseCertificate(block *pem.Block) (*x509.Certificate, error) {
	switch {
	case block.Type != certificateBlock:
		return nil, fmt.Errorf("a PEM block of type %s among the certificates", printable(block.Type))
	case len(block.Headers) > 0: // x509.CertPool, and istiod with it
		return nil, errors.New("the PEM block has headers, and istiod passes over such blocks")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, told(err)
	}
	return certificate, nil
}

// holdsPrivateKey looks at the text itself: a damaged block is text to the decoder, and a key still.
func holdsPrivateKey(text []byte) bool { return bytes.Contains(text, []byte("PRIVATE KEY-----")) }

// EncodeCertificates writes certificates as PEM, in order.
func EncodeCertificates(certificates ...*x509.Certificate) []byte {
	var text bytes.Buffer
	for _, certificate := range certificates {
		_ = pem.Encode(&text, &pem.Block{Type: certificateBlock, Bytes: certificate.Raw}) // a buffer takes everything
	}
	return text.Bytes()
}

// Fingerprint is the SHA-256 of a certificate, in lower-case hexadecimal digits.
func Fingerprint(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.Raw)
	return hex.EncodeToString(sum[:])
}

// KeyFingerprint is the SHA-256 of a public key (its SubjectPublicKeyInfo, RFC 5280 section 4.1),
// in the form in which people read it to each other: SHA256:AB:CD and so on.
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

// firstBlock returns the first PEM block of a wanted kind.
func firstBlock(text []byte, wanted func(kind string) bool) *pem.Block {
	for {
		block, rest := pem.Decode(text)
		if block == nil || wanted(block.Type) {
			return block
		}
		text = rest
	}
}

// printable is a word of a file as it may be shown: bounded, and nothing that a terminal obeys.
func printable(text string) string { return clip(text, 40) }

// told is an error of a parser, which may repeat what it has read.
func told(err error) error { return errors.New(clip(err.Error(), 240)) }

func clip(text string, most int) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
	if runes := []rune(clean); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return clean
}
