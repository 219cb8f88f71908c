package render

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"strings"

	corev1api "k8s.io/api/core/v1"
	corev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/layout"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/pruneguard"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Annotations on Istio's namespace that identify the expected certificates of a cluster. They make a rotation visible
// to reviewers, wherever the keys are stored.
const (
	annotationSigning = "kubectl-mesh.dev/signing-certificate-sha256"
	annotationRoots   = "kubectl-mesh.dev/root-certificates-sha256"
)

// publicCacerts returns a cluster's certificates for the reviewed tree: without a key, or as a reference to a store.
func (c compiler) publicCacerts() ([]Manifest, error) {
	if !access.Signs(c.cluster) {
		return nil, nil
	}
	switch ca := c.Mesh.Spec.Trust.CA; {
	case ca.Provider == v1alpha1.CAProviderFiles && ca.Keys == v1alpha1.CAKeysCluster:
		return c.keylessCacerts()
	case ca.Provider == v1alpha1.CAProviderCertManager && ca.IssuerRef != nil:
		return []Manifest{{File: layout.CACerts, Objects: []Object{c.cacertsCertificate(*ca.IssuerRef)},
			Comment: "cert-manager creates the key in the cluster and manages Secret cacerts; all clusters require an issuer " +
				"under the same root."}}, nil
	case ca.Provider == v1alpha1.CAProviderExternal && ca.External != nil:
		return []Manifest{{File: layout.CACerts, Objects: []Object{c.cacertsExternal(ca.External.SecretStoreRef)},
			Comment: "External Secrets creates Secret cacerts from the secret store."}}, nil
	}
	return nil, nil
}

// keylessCacerts uses `data`, which two field managers can share key by key; no manager would own stringData.
func (c compiler) keylessCacerts() ([]Manifest, error) {
	bundle, ok := c.Bundles[c.cluster.Name]
	if !ok {
		return c.heldCacerts(c.noCertificates()), nil
	}
	secret := c.cacertsSecret().WithData(bundle.Public()).WithAnnotations(map[string]string{
		pruneguard.ArgoCD:                 pruneguard.Annotations()[pruneguard.ArgoCD] + ",ServerSideApply=true",
		"kustomize.toolkit.fluxcd.io/ssa": "Merge",
	})
	return []Manifest{{File: layout.CACerts, Objects: []Object{secret},
		Comment: "Certificates only: the cluster has the key, in " + trust.CAKeyFile + " of this Secret, which another " +
			"field manager\n" +
			"owns. Apply it server-side; never replace or delete it."}}, nil
}

// heldCacerts returns the Secret by name only, or nothing if nothing is missing.
func (c compiler) heldCacerts(missing *Missing) []Manifest {
	if missing == nil {
		return nil
	}
	return []Manifest{{
		File:    layout.CACerts,
		Secret:  c.Mesh.Spec.Trust.CA.Keys == v1alpha1.CAKeysWorkspace,
		Missing: missing,
		Objects: []Object{corev1.Secret(access.SigningSecret, c.cluster.Istio.Namespace)},
	}}
}

// secretCacerts returns the whole bundle, with the key.
func (c compiler) secretCacerts() ([]Manifest, error) {
	if !c.hasKey() {
		return nil, nil
	}
	bundle, ok := c.Bundles[c.cluster.Name]
	if !ok {
		return c.heldCacerts(c.noCertificates()), nil
	}
	if bundle.Key.IsZero() {
		missing, known := c.AbsentKeys[c.cluster.Name]
		if !known {
			missing = Missing{Why: c.cluster.Name + " has certificates and no signing key", Next: "kubectl mesh ca rotate " +
				"--cluster " + c.cluster.Name}
		}
		return c.heldCacerts(&missing), nil
	}
	key, err := bundle.Key.PEM()
	if err != nil {
		return nil, fmt.Errorf("render %s of %s: %w", access.SigningSecret, c.cluster.Name, err)
	}
	text := map[string]string{trust.CAKeyFile: string(key)}
	for name, content := range bundle.Public() {
		text[name] = string(content)
	}
	secret := c.cacertsSecret().WithStringData(text)
	return []Manifest{{File: layout.CACerts, Secret: true, Objects: []Object{secret}}}, nil
}

// hasKey reports whether the cluster's signing key belongs in the workspace.
func (c compiler) hasKey() bool {
	ca := c.Mesh.Spec.Trust.CA
	return ca.Provider == v1alpha1.CAProviderFiles && ca.Keys == v1alpha1.CAKeysWorkspace && access.Signs(c.cluster)
}

// cacertsSecret has prune guards: without the Secret, istiod would create its own root.
func (c compiler) cacertsSecret() *corev1.SecretApplyConfiguration {
	return corev1.Secret(access.SigningSecret, c.cluster.Istio.Namespace).WithLabels(c.labels).
		WithAnnotations(pruneguard.Annotations()).WithType(corev1api.SecretTypeOpaque)
}

// trustAnnotations identify the expected certificates of the cluster.
func (c compiler) trustAnnotations() (map[string]string, error) {
	bundle, ok := c.Bundles[c.cluster.Name]
	if !ok || !access.Signs(c.cluster) {
		return nil, nil
	}
	signing, err := bundle.Certificate()
	if err != nil {
		return nil, fmt.Errorf("read certificate of %s: %w", c.cluster.Name, err)
	}
	roots, err := trust.ParseCertificates(bundle.Root)
	if err != nil {
		return nil, fmt.Errorf("read roots of %s: %w", c.cluster.Name, err)
	}
	return map[string]string{annotationSigning: trust.Fingerprint(signing), annotationRoots: fingerprints(roots)}, nil
}

// SigningCertificate returns the fingerprint of the signing certificate in a rendered namespace's annotations; empty if
// there is none.
func SigningCertificate(namespace []byte) (string, error) {
	var object struct {
		Metadata struct {
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
	}
	for document := range bytes.SplitSeq(namespace, []byte("\n---\n")) {
		if err := yaml.Unmarshal(document, &object); err != nil {
			return "", fmt.Errorf("read rendered namespace: %w", err)
		}
		if signing := object.Metadata.Annotations[annotationSigning]; signing != "" {
			return signing, nil
		}
	}
	return "", nil
}

func fingerprints(certificates []*x509.Certificate) string {
	var all []string
	for _, certificate := range certificates {
		all = append(all, trust.Fingerprint(certificate))
	}
	return strings.Join(all, ",")
}
