package v1alpha1

// SealingFormat is how objects with a credential are encrypted so that they can be committed.
type SealingFormat string

// The formats of ciphertext.
const (
	SealingNone          SealingFormat = "none"
	SealingSOPS          SealingFormat = "sops"
	SealingSealedSecrets SealingFormat = "sealedSecrets"
)

// Sealing defines how kubectl mesh seal encrypts objects with a credential, so that they can be
// committed. Rendering encrypts nothing; it uses the sealed files.
type Sealing struct {
	// Format of the encrypted objects: sops encrypts to age recipients, for Flux; sealedSecrets
	// encrypts to the certificate of the Sealed Secrets controller in the cluster; none leaves
	// objects with credentials out of the reviewed tree.
	// +default="none"
	Format SealingFormat `json:"format,omitempty"`
	// Age lists the recipients for format sops.
	Age AgeSealing `json:"age,omitzero"`
	// SealedSecrets identifies the controller for format sealedSecrets.
	SealedSecrets SealedSecretsSealing `json:"sealedSecrets,omitzero"`
}

// AgeSealing lists who can decrypt.
type AgeSealing struct {
	// Recipients are age public keys: X25519 (age1...) or post-quantum (age1pq1...). The recipients
	// of spec.sealing can decrypt what is sealed for every cluster, so list recovery keys there.
	// Each cluster adds its own.
	Recipients []string `json:"recipients,omitempty"`
}

// SealedSecretsSealing identifies the controller that can decrypt.
type SealedSecretsSealing struct {
	// Certificate is the path of the controller's certificate (kubeseal --fetch-cert), relative to
	// the directory of mesh.yaml.
	Certificate string `json:"certificate,omitempty"`
	// CertificateData is the certificate as base64 of PEM text.
	CertificateData []byte `json:"certificateData,omitempty"`
	// CertificateSHA256 is the SHA-256 fingerprint of the certificate in hexadecimal digits, as
	// printed by openssl x509 -fingerprint -sha256. Replacing the file therefore requires a change
	// of mesh.yaml, too.
	CertificateSHA256 string `json:"certificateSHA256,omitempty"`
}
