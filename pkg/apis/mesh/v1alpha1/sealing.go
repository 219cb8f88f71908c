package v1alpha1

// SealingFormat is how objects that hold a credential are encrypted for the repository.
type SealingFormat string

// The formats of ciphertext.
const (
	SealingNone          SealingFormat = "none"
	SealingSOPS          SealingFormat = "sops"
	SealingSealedSecrets SealingFormat = "sealedSecrets"
)

// Sealing is how kubectl mesh seal encrypts the objects that hold a credential, so that they can be
// committed. Rendering encrypts nothing: it takes what was sealed.
type Sealing struct {
	// Format: sops encrypts to age recipients, for Flux; sealedSecrets to the certificate of the
	// controller of SealedSecrets in the cluster; none leaves these objects out of the reviewed tree.
	// +default="none"
	Format SealingFormat `json:"format,omitempty"`
	// Age is for format sops.
	Age AgeSealing `json:"age,omitzero"`
	// SealedSecrets is for format sealedSecrets.
	SealedSecrets SealedSecretsSealing `json:"sealedSecrets,omitzero"`
}

// AgeSealing says who can decrypt.
type AgeSealing struct {
	// Recipients are public keys of age: X25519 (age1...) or post-quantum (age1pq1...). Those of the
	// mesh can decrypt what is sealed for every cluster, so keep the keys of recovery there; each
	// cluster adds its own.
	Recipients []string `json:"recipients,omitempty"`
}

// SealedSecretsSealing names the controller that can decrypt.
type SealedSecretsSealing struct {
	// Certificate is the path of the controller's certificate (kubeseal --fetch-cert), in the
	// directory of mesh.yaml.
	Certificate string `json:"certificate,omitempty"`
	// CertificateData is the same as base64 of the PEM text.
	CertificateData []byte `json:"certificateData,omitempty"`
	// CertificateSHA256 is the SHA-256 of that certificate in hexadecimal digits, as openssl x509
	// -fingerprint -sha256 prints it: replacing the file also requires a change of mesh.yaml.
	CertificateSHA256 string `json:"certificateSHA256,omitempty"`
}
