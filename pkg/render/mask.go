package render

import (
	"strconv"
	"time"

	clientcmdapiv1 "k8s.io/client-go/tools/clientcmd/api/v1"

	corev1 "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/printable"
)

// Masked returns the overlay with every credential replaced by what may be shown of it. A
// masked Secret has a mapping where the API server wants a string: it is refused there, and
// can never replace a real one.
func (o Overlay) Masked() Overlay {
	masked := Overlay{Cluster: o.Cluster}
	for _, manifest := range o.Manifests {
		objects := make([]Object, len(manifest.Objects))
		for i, object := range manifest.Objects {
			switch secret := object.(type) {
			case *remoteSecret:
				object = secret.masked()
			case *signingSecret:
				object = secret.masked()
			}
			objects[i] = object
		}
		manifest.Objects, manifest.Secret = objects, false
		masked.Manifests = append(masked.Manifests, manifest)
	}
	return masked
}

// remoteSecret is a Secret together with what its kubeconfig was made of.
type remoteSecret struct {
	*corev1.SecretApplyConfiguration
	config *clientcmdapiv1.Config
	// credential is the Remote with nothing but its credential.
	credential kubeconfig.Remote
}

// maskedSecret has the fields of the Secret, but for the credential in stringData.
type maskedSecret struct {
	*corev1.SecretApplyConfiguration
	StringData map[string]maskedConfig `json:"stringData"`
}

// maskedConfig is a kubeconfig in the open, without its users.
type maskedConfig struct {
	clientcmdapiv1.Config
	AuthInfos []maskedUser `json:"users"`
}

type maskedUser struct {
	Name string           `json:"name"`
	User maskedCredential `json:"user"`
}

// maskedCredential is of one of the two kinds.
type maskedCredential struct {
	Certificate *maskedCertificate `json:"client-certificate-data,omitempty"`
	Token       *maskedToken       `json:"token,omitempty"`
}

// maskedCertificate says whose certificate it is.
type maskedCertificate struct {
	Masked  string `json:"masked"` // fingerprint
	Subject string `json:"subject"`
	Expires string `json:"expires"`
}

// maskedToken tells tokens apart without showing any.
type maskedToken struct {
	Masked  string `json:"masked"` // fingerprint
	Subject string `json:"subject,omitempty"`
	Issuer  string `json:"issuer,omitempty"`
	Expires string `json:"expires"`
}

func (s *remoteSecret) masked() *maskedSecret {
	open := *s.SecretApplyConfiguration
	open.StringData = nil
	config := *s.config
	config.AuthInfos = nil
	user := maskedUser{Name: s.config.CurrentContext, User: maskCredential(s.credential)}
	return &maskedSecret{SecretApplyConfiguration: &open, StringData: map[string]maskedConfig{
		s.config.CurrentContext: {Config: config, AuthInfos: []maskedUser{user}},
	}}
}

func maskCredential(credential kubeconfig.Remote) maskedCredential {
	if certificate := credential.Certificate; !certificate.IsZero() {
		return maskedCredential{Certificate: &maskedCertificate{Masked: certificate.Fingerprint(), Subject: shown(certificate.User()),
			Expires: certificate.NotAfter().UTC().Format(time.RFC3339)}}
	}
	return maskedCredential{Token: maskToken(credential.Token)}
}

func maskToken(token kubeconfig.Token) *maskedToken {
	masked := &maskedToken{Masked: token.Fingerprint(), Expires: "unknown"}
	claims, ok := token.Claims()
	if !ok {
		return masked
	}
	masked.Subject, masked.Issuer, masked.Expires = shown(claims.Subject), shown(claims.Issuer), "never"
	if !claims.Expiry.IsZero() {
		masked.Expires = claims.Expiry.UTC().Format(time.RFC3339)
	}
	return masked
}

// shown quotes a claim with characters that do not print. Nobody has verified it, it may end up
// on a terminal, and of some characters no YAML can be made.
func shown(claim string) string {
	if !printable.Text(claim) {
		return strconv.QuoteToASCII(claim)
	}
	return claim
}
