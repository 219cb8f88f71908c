package pemfile

import (
	"bytes"
	"crypto/x509"
)

// binary recognizes binary formats.
func binary(data []byte) Format {
	switch {
	case hasAnyPrefix(data, "\xfe\xed\xfe\xed", "\xce\xce\xce\xce"): // JKS and JCEKS
		return Keystore
	case hasAnyPrefix(data, "PK\x03\x04", "\x1f\x8b", "\xfd7zXZ\x00", "BZh"):
		return Archive
	case hasAnyPrefix(data, "age-encryption.org/"):
		return AgeCiphertext
	case len(data) > 0 && data[0] == sequence:
		return der(data)
	}
	return Binary
}

// sequence is the tag with which every structure of a PKI starts (X.690 section 8.9).
const sequence = 0x30

// der recognizes DER by parsing it, and what Go cannot parse by the object identifier at its start. Those can also be
// BER with indefinite lengths (PKCS#7 of Windows and of Java).
func der(data []byte) Format {
	for _, known := range []struct {
		format Format
		parses func([]byte) error
	}{
		{format: CertificateDER, parses: ignoring(x509.ParseCertificate)},
		{format: RequestDER, parses: ignoring(x509.ParseCertificateRequest)},
		{format: KeyDER, parses: ignoring(x509.ParsePKCS8PrivateKey)},
		{format: KeyDER, parses: ignoring(x509.ParseECPrivateKey)},
		{format: KeyDER, parses: ignoring(x509.ParsePKCS1PrivateKey)},
		{format: PublicKeyDER, parses: ignoring(x509.ParsePKIXPublicKey)},
		{format: PublicKeyDER, parses: ignoring(x509.ParsePKCS1PublicKey)},
		{format: RevocationDER, parses: ignoring(x509.ParseRevocationList)},
	} {
		if known.parses(data) == nil {
			return known.format
		}
	}
	return identified(data)
}

// ignoring is a parser of which only the error is used.
func ignoring[T any](parse func([]byte) (T, error)) func([]byte) error {
	return func(data []byte) error {
		_, err := parse(data)
		return err
	}
}

// identified finds the object identifiers of PKCS#7 (RFC 2315 section 14), PKCS#12 (RFC 7292 section 4) and PKCS#5 (RFC
// 8018) at the start of a structure.
func identified(data []byte) Format {
	const head = 48
	pkcs := []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01}
	data = data[:min(len(data), head)]
	switch has := func(arc ...byte) bool { return bytes.Contains(data, append(bytes.Clone(pkcs), arc...)) }; {
	case has(7, 2) && !bytes.Contains(data, []byte{0x02, 0x01, 0x03, sequence}):
		return PKCS7DER
	case has(7, 1), has(7, 2):
		return PKCS12
	case has(5), has(12, 1):
		return EncryptedKeyDER
	}
	return Binary
}
