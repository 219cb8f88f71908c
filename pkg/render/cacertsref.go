package render

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// The parts of cert-manager.io/v1 Certificate and external-secrets.io/v1 ExternalSecret that are
// needed to refer to a bundle. Their projects' Go types would bring controllers along.

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

// cacertsCertificate has cert-manager make the key in the cluster and keep tls.crt, tls.key and
// ca.crt, which istiod reads too. A year, as our own.
func (c compiler) cacertsCertificate(issuer v1alpha1.IssuerRef) Object {
	return &certificate{
		customObject: newCustomObject("cert-manager.io/v1", "Certificate", SigningSecret, c.cluster.Istio.Namespace, c.labels),
		Spec: certificateSpec{
			CommonName: c.cluster.Name, Duration: "8760h0m0s", IsCA: true,
			IssuerRef:  certificateIssuer{Group: "cert-manager.io", Kind: string(issuer.Kind), Name: issuer.Name},
			PrivateKey: certificateKey{Algorithm: "ECDSA", RotationPolicy: "Always", Size: 256},
			SecretName: SigningSecret, URIs: []string{"spiffe://" + c.cluster.TrustDomain}, Usages: []string{"cert sign", "crl sign"},
		},
	}
}

type externalSecret struct {
	customObject `json:",inline"`
	Spec         externalSecretSpec `json:"spec"`
}

type externalSecretSpec struct {
	Data            []externalData `json:"data"`
	RefreshInterval string         `json:"refreshInterval"`
	SecretStoreRef  externalStore  `json:"secretStoreRef"`
	Target          externalTarget `json:"target"`
}

type externalData struct {
	RemoteRef externalRef `json:"remoteRef"`
	SecretKey string      `json:"secretKey"`
}

type externalRef struct {
	Key      string `json:"key"`
	Property string `json:"property"`
}

type externalStore struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

type externalTarget struct {
	CreationPolicy string `json:"creationPolicy"`
	DeletionPolicy string `json:"deletionPolicy"`
	Name           string `json:"name"`
}

// cacertsExternal keeps the Secret when the store has lost it: without it istiod would sign for
// itself at its next start, and nobody would believe it.
func (c compiler) cacertsExternal(store v1alpha1.SecretStoreRef) Object {
	spec := externalSecretSpec{
		RefreshInterval: "1h0m0s",
		SecretStoreRef:  externalStore{Kind: string(store.Kind), Name: store.Name},
		Target:          externalTarget{CreationPolicy: "Owner", DeletionPolicy: "Retain", Name: SigningSecret},
	}
	for _, file := range []string{trust.CACertFile, trust.CAKeyFile, trust.CertChainFile, trust.RootCertFile} {
		ref := externalRef{Key: c.Mesh.Metadata.Name + "/" + c.cluster.Name + "/" + SigningSecret, Property: file}
		spec.Data = append(spec.Data, externalData{RemoteRef: ref, SecretKey: file})
	}
	return &externalSecret{
		customObject: newCustomObject("external-secrets.io/v1", "ExternalSecret", SigningSecret, c.cluster.Istio.Namespace, c.labels),
		Spec:         spec,
	}
}
