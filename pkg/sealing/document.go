package sealing

import corev1api "k8s.io/api/core/v1"

// The documents that are sealed and read. What they do not have, a sealed file cannot have.

// sopsSecret is a Secret as sops leaves it.
type sopsSecret struct {
	APIVersion string               `json:"apiVersion"`
	Kind       string               `json:"kind"`
	Metadata   metadata             `json:"metadata"`
	SOPS       sopsBlock            `json:"sops"`
	StringData map[string]string    `json:"stringData"`
	Type       corev1api.SecretType `json:"type,omitempty"`
}

// sealedSecret is what the controller of SealedSecrets reads (sealed-secrets pkg/apis/sealedsecrets/v1alpha1).
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

// secretTemplate is what the Secret has beside its values.
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
