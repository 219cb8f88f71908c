package sealedsecret

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// ParseCertificate parses a controller's PEM certificate (kubeseal --fetch-cert). Its errors never repeat the text.
func ParseCertificate(text []byte) (*x509.Certificate, error) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" || len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("it must contain exactly one PEM certificate")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, errors.New("the certificate cannot be parsed")
	}
	if key, ok := certificate.PublicKey.(*rsa.PublicKey); !ok || key.Size() < 2048/8 {
		return nil, errors.New("not the certificate of a SealedSecrets controller: it has no RSA key of 2048 bits or more")
	}
	return certificate, nil
}

// Fingerprint returns the SHA-256 of a certificate in the format of openssl x509 -fingerprint -sha256.
func Fingerprint(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.Raw)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = strings.ToUpper(hex.EncodeToString([]byte{b}))
	}
	return strings.Join(pairs, ":")
}

// ParseKey parses a controller's key: tls.key of one of its Secrets. Its errors never repeat the text.
func ParseKey(text []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("parse controller key: not PEM")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	parsed, _ := x509.ParsePKCS8PrivateKey(block.Bytes) // the cause is reported below
	if key, ok := parsed.(*rsa.PrivateKey); ok {
		return key, nil
	}
	return nil, fmt.Errorf("parse controller key: not an RSA key in PKCS#1 or PKCS#8 without a passphrase")
}

// SameFingerprint ignores how hexadecimal digits are written.
func SameFingerprint(given, fingerprint string) bool {
	clean := func(text string) string {
		return strings.NewReplacer(":", "", " ", "").Replace(strings.TrimPrefix(strings.ToUpper(text), "SHA256:"))
	}
	return clean(given) == clean(fingerprint)
}
