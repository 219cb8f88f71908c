package trust

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
)

// Phase of a root rotation. It is not stored, but follows from the certificates.
type Phase string

// Phases. In each phase all clusters of the mesh trust each other, and so do a cluster in one phase and a cluster in
// the next.
const (
	// PhaseSteady: there is one root, and all clusters sign under it.
	PhaseSteady Phase = "steady"
	// PhaseTrust: the new root is trusted in addition to the old one, and no cluster signs under it yet.
	PhaseTrust Phase = "trust"
	// PhaseSign: the new root is trusted, and some clusters sign under it.
	PhaseSign Phase = "sign"
)

// WorkloadTTL is the default validity of workload certificates (istio security/pkg/nodeagent, SECRET_TTL, and
// pilot/pkg/bootstrap, DEFAULT_WORKLOAD_CERT_TTL).
const WorkloadTTL = 24 * time.Hour

// kubeletDelay is how long a kubelet takes to update a changed ConfigMap in the pods that mount it.
const kubeletDelay = 2 * time.Minute

// Propagation returns how long after a phase is applied to a cluster its workloads have it. Sidecars read new roots
// from ConfigMap istio-ca-root-cert. A ztunnel takes its roots only from the chain of its own certificate (ztunnel
// src/tls/certificate.rs), so it learns a root with its next certificate; and all workloads get a new certificate
// within its validity.
func (p Phase) Propagation(ambient bool, workloadTTL time.Duration) time.Duration {
	switch {
	case p == PhaseSteady:
		return 0
	case p == PhaseTrust && !ambient:
		return kubeletDelay
	}
	return workloadTTL
}

// Rotation is the state of the roots in trust/.
type Rotation struct {
	Phase Phase
	// Old is the only root in the steady phase, otherwise the first; New is the second.
	Old, New *x509.Certificate
	// Behind are the clusters that still sign under Old although there is a New, sorted.
	Behind []string
	// Foreign are the clusters that sign under neither root, sorted. They block the next phase.
	Foreign []string
}

// ReadRotation determines the phase from root-cert.pem and from the root to which each cluster's chain leads, through
// any number of intermediates.
func ReadRotation(root []byte, bundles map[string]Bundle) (Rotation, error) {
	roots, err := ParseCertificates(root)
	if err != nil {
		return Rotation{}, fmt.Errorf("read %s: %w", RootCertFile, err)
	}
	roots = unique(roots)
	r := Rotation{Phase: PhaseSteady, Old: roots[0]}
	switch len(roots) {
	case 1:
	case 2:
		r.Phase, r.New = PhaseTrust, roots[1]
	default:
		return Rotation{}, hint.Errorf(
			"remove roots that sign for no cluster from it, or complete one rotation before the next",
			"read %s: %d roots: a rotation has two", RootCertFile, len(roots))
	}
	for _, cluster := range slices.Sorted(maps.Keys(bundles)) {
		chain, err := ParseCertificates(bundles[cluster].Chain)
		if err != nil {
			return Rotation{}, fmt.Errorf("read %s of %s: %w", CertChainFile, cluster, err)
		}
		r.count(cluster, chain)
	}
	return r, nil
}

func (r *Rotation) count(cluster string, chain []*x509.Certificate) {
	switch {
	case r.New != nil && leadsToRoot(chain, r.New):
		r.Phase = PhaseSign
	case !leadsToRoot(chain, r.Old):
		r.Foreign = append(r.Foreign, cluster)
	case r.New != nil:
		r.Behind = append(r.Behind, cluster)
	}
}

// AddRoot appends a root to the trusted roots unless they contain it. The old bytes are unchanged: istiod up to 1.29
// accepts a new bundle only if it contains the old one byte for byte (istio pilot/pkg/bootstrap/istio_ca.go).
func AddRoot(old []byte, root *x509.Certificate) []byte {
	text := bytes.Clone(old)
	if roots, err := ParseCertificates(old); err == nil && contains(roots, root) {
		return text
	}
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	return append(text, EncodeCertificates(root)...)
}

// KeepRoot returns the part of a bundle with one of its roots, byte for byte.
func KeepRoot(bundle []byte, root *x509.Certificate) ([]byte, error) {
	for text := bundle; ; {
		block, rest := pem.Decode(text)
		if block == nil {
			return nil, errors.New("keep root: it is not in the bundle")
		}
		if block.Type == certificateBlock && bytes.Equal(block.Bytes, root.Raw) {
			read := text[:len(text)-len(rest)]
			return bytes.Clone(read[bytes.LastIndex(read, []byte("-----BEGIN")):]), nil
		}
		text = rest
	}
}

// AcceptedUpdate reports whether a running istiod replaces one bundle of roots with another: one must contain the
// other, as bytes up to 1.29 and as certificates from 1.30. This requires ISTIO_MULTIROOT_MESH; otherwise istiod must
// be restarted.
func AcceptedUpdate(before, after []byte) bool {
	for _, text := range [][]byte{before, after} {
		if _, err := ParseCertificates(text); err != nil {
			return false
		}
	}
	return bytes.Contains(before, after) || bytes.Contains(after, before)
}

// Trusts reports whether workloads with this bundle accept certificates that the other bundle signs, unless a
// certificate has expired.
func (b Bundle) Trusts(other Bundle) bool {
	roots, err := ParseCertificates(b.Root)
	if err != nil {
		return false
	}
	chain, err := ParseCertificates(other.Chain)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(roots, func(root *x509.Certificate) bool { return leadsToRoot(chain, root) })
}

// leadsToRoot reports whether a chain leads to a root at the first moment at which all of it is valid: a renewed root
// is younger than what it signed.
func leadsToRoot(chain []*x509.Certificate, root *x509.Certificate) bool {
	start := root.NotBefore
	for _, certificate := range chain {
		if certificate.NotBefore.After(start) {
			start = certificate.NotBefore
		}
	}
	_, err := chain[0].Verify(verifyOptions(chain, []*x509.Certificate{root}, start))
	return err == nil
}
