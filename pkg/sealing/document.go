package sealing

import corev1api "k8s.io/api/core/v1"

// Sealed documents. A sealed file cannot contain other fields.

// sopsSecret is a Secret encrypted by sops.
type sopsSecret struct {
	APIVersion string               `json:"apiVersion"`
	Kind       string               `json:"kind"`
	Metadata   metadata             `json:"metadata"`
	SOPS       sopsBlock            `json:"sops"`
	StringData map[string]string    `json:"stringData"`
	Type       corev1api.SecretType `json:"type,omitempty"`
}

// sealedSecret is the input of the SealedSecrets controller (sealed-secrets pkg/apis/sealedsecrets/v1alpha1).
type sealedSecret struct {
	APIVersion string     `json:"apiVersion"`
	Kind       string     `json:"kind"`
	Metadata   metadata   `json:"metadata"`
	Spec       sealedSpec `json:"spec"`
}

type sealedSpec struct {
	EncryptedData map[string]string `json:"encryptedData"`
	Template      secretTemplate    `json:"template"`
}

// secretTemplate is the Secret without its values.
type secretTemplate struct {
	Metadata metadata             `json:"metadata"`
	Type     corev1api.SecretType `json:"type,omitempty"`
}

type metadata struct {
	Annotations map[string]string `json:"annotations,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace"`
}

const (
	secretAPI  = "v1"
	secretKind = "Secret"
	sealedAPI  = "bitnami.com/v1alpha1"
	sealedKind = "SealedSecret"
)
