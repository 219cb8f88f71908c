package pemfile

import (
	"encoding/pem"
	"slices"
	"strings"
)

// begin is the start of a block (RFC 7468 section 3).
const begin = "-----BEGIN "

// maxBlocks is above any bundle: those of operating systems have some 150 certificates.
const maxBlocks = 1000

// decode returns the readable blocks.
func decode(text []byte) []*pem.Block {
	var blocks []*pem.Block
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		blocks = append(blocks, block)
	}
	return blocks
}

// unwanted returns the format of a file whose blocks are all readable; empty if it has the wanted content.
func unwanted(blocks []*pem.Block, want Content) Format {
	formats := make([]Format, len(blocks))
	for i, block := range blocks {
		formats[i] = ofBlock(block)
	}
	switch want {
	case Certificates:
		foreign := slices.IndexFunc(formats, func(f Format) bool { return f != CertificatePEM })
		if foreign < 0 {
			return ""
		}
		return formats[foreign]
	case Request:
		if slices.Contains(formats, RequestPEM) {
			return ""
		}
	case PrivateKey:
		formats = slices.DeleteFunc(formats, func(f Format) bool { return f == parameters })
		if len(formats) > 0 && formats[0] == KeyPEM {
			return ""
		}
	}
	if len(formats) == 0 {
		return OtherPEM
	}
	return formats[0]
}

// parameters precede a key of openssl ecparam -genkey, and are redundant.
const parameters Format = "parameters"

func ofBlock(block *pem.Block) Format {
	if block.Headers["DEK-Info"] != "" { // RFC 1421 section 4.6.1.3
		return ofLabel("ENCRYPTED " + block.Type)
	}
	return ofLabel(block.Type)
}

// ofLabel recognizes the types of RFC 7468, and those that openssl, ssh-keygen and gpg write.
func ofLabel(label string) Format {
	switch label {
	case "CERTIFICATE":
		return CertificatePEM
	case "TRUSTED CERTIFICATE", "X509 CERTIFICATE", "X.509 CERTIFICATE":
		return TrustedPEM
	case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST":
		return RequestPEM
	case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY":
		return KeyPEM
	case "OPENSSH PRIVATE KEY":
		return OpenSSHKeyPEM
	case "PKCS7", "CMS", "PKCS #7 SIGNED DATA":
		return PKCS7PEM
	case "X509 CRL":
		return RevocationPEM
	case "EC PARAMETERS":
		return parameters
	case "AGE ENCRYPTED FILE":
		return AgeCiphertext
	}
	switch {
	case strings.HasPrefix(label, "ENCRYPTED ") && strings.HasSuffix(label, "PRIVATE KEY"):
		return EncryptedKeyPEM
	case strings.HasSuffix(label, "PUBLIC KEY"):
		return PublicKeyPEM
	case strings.HasPrefix(label, "PGP "):
		return PGP
	}
	return OtherPEM
}
