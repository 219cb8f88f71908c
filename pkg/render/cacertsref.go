package render

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/pruneguard"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// The fields of cert-manager.io/v1 Certificate that are needed to refer to a bundle. cert-manager's Go types would add
// a controller's dependencies.

type certificate struct {
	customObject `json:",inline"`
	Spec         certificateSpec `json:"spec"`
}

type certificateSpec struct {
	CommonName string            `json:"commonName"`
	Duration   string            `json:"duration"`
	IsCA       bool              `json:"isCA"`
	IssuerRef  certificateIssuer `json:"issuerRef"`
	PrivateKey certificateKey    `json:"privateKey"`
	SecretName string            `json:"secretName"`
	URIs       []string          `json:"uris"`
	Usages     []string          `json:"usages"`
}

type certificateIssuer struct {
	Group string `json:"group"`
	Kind  string `json:"kind"`
	Name  string `json:"name"`
}

type certificateKey struct {
	Algorithm      string `json:"algorithm"`
	RotationPolicy string `json:"rotationPolicy"`
	Size           int    `json:"size"`
}

// cacertsCertificate has cert-manager create the key in the cluster and store tls.crt, tls.key and ca.crt, which istiod
// also reads. It is valid for a year, like our own.
func (c compiler) cacertsCertificate(issuer v1alpha1.IssuerRef) Object {
	object := &certificate{
		customObject: newCustomObject("cert-manager.io/v1", "Certificate",
			access.SigningSecret, c.cluster.Istio.Namespace, c.labels),
		Spec: certificateSpec{
			CommonName: c.cluster.Name,
			Duration:   "8760h0m0s",
			IsCA:       true,
			IssuerRef:  certificateIssuer{Group: "cert-manager.io", Kind: string(issuer.Kind), Name: issuer.Name},
			PrivateKey: certificateKey{Algorithm: "ECDSA", RotationPolicy: "Always", Size: 256},
			SecretName: access.SigningSecret,
			URIs:       []string{"spiffe://" + c.cluster.TrustDomain},
			Usages:     []string{"cert sign", "crl sign"},
		},
	}
	object.WithAnnotations(pruneguard.Annotations())
	return object
}

// cacertsExternal retains the Secret if the store loses the entry: without it, istiod would create its own root at its
// next start, which no other cluster trusts. External Secrets copies the guards to the Secret.
func (c compiler) cacertsExternal(store v1alpha1.SecretStoreRef) Object {
	files := []string{trust.CACertFile, trust.CAKeyFile, trust.CertChainFile, trust.RootCertFile}
	entry := c.Mesh.Metadata.Name + "/" + c.cluster.Name + "/" + access.SigningSecret
	object := c.externalSecret(access.SigningSecret, store, entry, files...)
	object.WithAnnotations(pruneguard.Annotations())
	return object
}
