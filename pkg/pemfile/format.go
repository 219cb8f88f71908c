package pemfile

// Format of a file. The values are stable; Error is for people.
type Format string

// Formats.
const (
	Empty            Format = "empty"
	ByteOrderMark    Format = "byte-order-mark"
	UTF16            Format = "utf-16"
	HTML             Format = "html"
	JSON             Format = "json"
	KubernetesObject Format = "kubernetes-object"
	Base64PEM        Format = "base64-pem"
	Base64DER        Format = "base64-der"
	SSHPublicKey     Format = "ssh-public-key"
	AgeCiphertext    Format = "age"
	Keystore         Format = "java-keystore"
	Archive          Format = "archive"
	Binary           Format = "binary"

	CertificateDER  Format = "certificate-der"
	RequestDER      Format = "request-der"
	KeyDER          Format = "private-key-der"
	EncryptedKeyDER Format = "encrypted-private-key-der"
	PublicKeyDER    Format = "public-key-der"
	RevocationDER   Format = "crl-der"
	PKCS7DER        Format = "pkcs7-der"
	PKCS12          Format = "pkcs12"

	CertificatePEM  Format = "certificate"
	TrustedPEM      Format = "trusted-certificate"
	RequestPEM      Format = "request"
	KeyPEM          Format = "private-key"
	EncryptedKeyPEM Format = "encrypted-private-key"
	OpenSSHKeyPEM   Format = "openssh-private-key"
	PublicKeyPEM    Format = "public-key"
	RevocationPEM   Format = "crl"
	PKCS7PEM        Format = "pkcs7"
	PGP             Format = "pgp"
	OtherPEM        Format = "other-pem"
	TooMany         Format = "too-many-blocks"

	EscapedLines Format = "escaped-line-breaks"
	Indented     Format = "indented"
	SharedLine   Format = "shared-line"
	Truncated    Format = "cut-off"
	Damaged      Format = "damaged"
)

// row is the description of a format, and the remedy for each wanted content.
type row struct {
	format Format
	clause string
	// Remedies. An empty one means that the file is the wrong one.
	certificates, key, request string
}

// clause describes the file.
func (f Format) clause() string { return find(f).clause }

// remedy describes how to fix a file of this format.
func (f Format) remedy(want Content) string {
	r := find(f)
	switch {
	case want == Certificates && r.certificates != "":
		return r.certificates
	case want == PrivateKey && r.key != "":
		return r.key
	case want == Request && r.request != "":
		return r.request
	case want == PrivateKey:
		return "use the file with the private key"
	case want == Request:
		return "use the file that kubectl mesh ca request writes"
	}
	return "use the file with the certificates"
}

func find(f Format) row {
	for _, rows := range [][]row{textRows(), binaryRows(), blockRows(), damageRows()} {
		for _, r := range rows {
			if r.format == f {
				return r
			}
		}
	}
	return row{format: f, clause: "it is not PEM"}
}

// same is one remedy for all contents.
func same(format Format, clause, remedy string) row {
	return row{format: format, clause: clause, certificates: remedy, key: remedy, request: remedy}
}
