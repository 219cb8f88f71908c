package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/jwks"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/manifest"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/upstream"
)

// The required fields of apiserver.config.k8s.io (k8s.io/apiserver pkg/apis/apiserver/v1). It is a file for the API
// server's --authentication-config, not an object.
type authenticationConfiguration struct {
	APIVersion string             `json:"apiVersion"`
	Kind       string             `json:"kind"`
	JWT        []jwtAuthenticator `json:"jwt"`
}

type jwtAuthenticator struct {
	ClaimMappings        claimMappings `json:"claimMappings"`
	ClaimValidationRules []celRule     `json:"claimValidationRules"`
	Issuer               jwtIssuer     `json:"issuer"`
	UserValidationRules  []celRule     `json:"userValidationRules"`
}

type jwtIssuer struct {
	Audiences            []string `json:"audiences"`
	CertificateAuthority string   `json:"certificateAuthority,omitempty"`
	DiscoveryURL         string   `json:"discoveryURL,omitempty"`
	URL                  string   `json:"url"`
}

type claimMappings struct {
	Username prefixedClaim `json:"username"`
}

type prefixedClaim struct {
	Claim  string `json:"claim"`
	Prefix string `json:"prefix"`
}

type celRule struct {
	Expression string `json:"expression"`
	Message    string `json:"message"`
}

// Paths of an issuer's public documents.
const (
	documentDiscovery = "openid-configuration"
	documentJWKS      = "jwks"
)

// authenticationFiles are for the owner of an API server that trusts the issuers of its readers: its configuration and,
// if it cannot reach the issuers, their public documents.
func (in Input) authenticationFiles(target *v1alpha1.Cluster) ([]layout.File, error) {
	if !access.KindOf(target).Traits().Issued || !in.Graph.IsTarget(target.Name) {
		return nil, nil
	}
	config := authenticationConfiguration{APIVersion: authenticationVersion(target), Kind: "AuthenticationConfiguration"}
	var files []layout.File
	isWhole := true
	for consumer := range in.Graph.Consumers(target.Name) {
		isWhole = isWhole && consumer.API.ServiceAccountIssuer != ""
		config.JWT = append(config.JWT, in.authenticator(target, consumer))
		documents, err := discoveryFiles(target, consumer)
		if err != nil {
			return nil, err
		}
		files = append(files, documents...)
	}
	if !isWhole {
		return files, nil
	}
	text, err := manifest.Encode(config)
	if err != nil {
		return nil, err
	}
	const comment = "# For the API server's flag --authentication-config. The API server reloads it when it changes. " +
		"The flag accepts one\n" +
		"# file: merge it with an existing one.\n"
	return append(files, layout.File{
		Path:    layout.AuthenticationFile(target.Name),
		Content: bytes.Join([][]byte{[]byte(header + comment), text}, nil),
	}), nil
}

// authenticationVersion is v1beta1 if the Kubernetes version is unknown, because more versions accept it.
func authenticationVersion(target *v1alpha1.Cluster) string {
	version := "v1beta1"
	if known := target.KubernetesRelease(); known.Stated() && known.Has(upstream.StructuredAuthnV1) {
		version = "v1"
	}
	return "apiserver.config.k8s.io/" + version
}

// authenticator trusts one issuer to authenticate only its own istiod.
func (in Input) authenticator(target, consumer *v1alpha1.Cluster) jwtAuthenticator {
	issuer := jwtIssuer{
		URL:       consumer.API.ServiceAccountIssuer,
		Audiences: []string{access.Audience(in.Mesh.Metadata.Name, consumer.Name, target.Name)},
	}
	switch {
	case target.Reader.DiscoveryURL != "":
		issuer.DiscoveryURL = discoveryURL(target, consumer, documentDiscovery)
		issuer.CertificateAuthority = string(target.Reader.DiscoveryCertificateAuthorityData)
	case sameHost(consumer.API.ServiceAccountIssuer, consumer.API.Server):
		issuer.CertificateAuthority = string(consumer.API.CertificateAuthorityData)
	}
	return jwtAuthenticator{
		Issuer:        issuer,
		ClaimMappings: claimMappings{Username: prefixedClaim{Claim: "sub", Prefix: access.FederatedPrefix(consumer)}},
		ClaimValidationRules: []celRule{
			{Expression: fmt.Sprintf("claims.sub == '%s'", access.IstiodSubject(consumer)), Message: "only istiod of " +
				consumer.Name},
			{Expression: "claims.exp - claims.iat <= 7200", Message: "at most two hours"},
		},
		UserValidationRules: []celRule{{Expression: "!user.username.startsWith('system:')", Message: "no system users"}},
	}
}

// sameHost reports whether an API server is its own issuer: the certificate is then the API server's.
func sameHost(a, b string) bool {
	issuer, err := url.Parse(a)
	server, also := url.Parse(b)
	return err == nil && also == nil && issuer.Host == server.Host
}

func discoveryURL(target, consumer *v1alpha1.Cluster, document string) string {
	return strings.TrimSuffix(target.Reader.DiscoveryURL, "/") + "/" + consumer.Name + "/" + document
}

// discoveryFiles are an issuer's documents (OpenID Connect Discovery 1.0), to be served where the target finds them:
// only public keys, encoded from what was verified. A new issuer key changes one of them.
func discoveryFiles(target, consumer *v1alpha1.Cluster) ([]layout.File, error) {
	issuerKnown := consumer.API.ServiceAccountIssuer != "" && consumer.API.ServiceAccountJWKS != ""
	if target.Reader.DiscoveryURL == "" || !issuerKnown {
		return nil, nil
	}
	keys, err := jwks.Parse([]byte(consumer.API.ServiceAccountJWKS))
	if err != nil {
		return nil, fmt.Errorf("render the keys of the issuer of %s: serviceAccountJWKS %w", consumer.Name, err)
	}
	discovery, err := json.MarshalIndent(map[string]any{
		"issuer":                                consumer.API.ServiceAccountIssuer,
		"jwks_uri":                              discoveryURL(target, consumer, documentJWKS),
		"response_types_supported":              []string{"id_token"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256", "ES256", "ES384", "ES512"},
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode discovery document of %s: %w", consumer.Name, err)
	}
	at := layout.IssuerDocuments(target.Name, consumer.Name)
	return []layout.File{
		{Path: path.Join(at, documentJWKS), Content: []byte(keys.String() + "\n")},
		{Path: path.Join(at, documentDiscovery), Content: append(discovery, '\n')},
	}, nil
}
