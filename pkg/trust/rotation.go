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

// Phase is how far the rotation of a root has come. It is not written down: the certificates
// themselves say it.
type Phase string

// The phases. In each of them every two clusters of the mesh believe each other, and so do a
// cluster of one phase and a cluster of the next.
const (
	// PhaseSteady: one root, under which everybody signs.
	PhaseSteady Phase = "steady"
	// PhaseTrust: the new root is trusted beside the old one, and nobody signs under it yet.
	PhaseTrust Phase = "trust"
	// PhaseSign: the new root is trusted, and somebody signs under it.
	PhaseSign Phase = "sign"
)

// WorkloadTTL is how long a workload certificate is valid unless istiod is told otherwise (istio
// security/pkg/nodeagent, SECRET_TTL, and pilot/pkg/bootstrap, DEFAULT_WORKLOAD_CERT_TTL).
const WorkloadTTL = 24 * time.Hour

// kubeletDelay is how long a kubelet takes to bring a changed ConfigMap to the pods that mount it.
const kubeletDelay = 2 * time.Minute

// Propagation is how long after a phase was applied to a cluster its workloads have it. Sidecars read new roots from
// ConfigMap istio-ca-root-cert. A ztunnel takes its roots from the chain of its own certificate and nowhere else
// (ztunnel src/tls/certificate.rs), so it learns of a root with its next certificate; and everybody signs anew within
// the lifetime of a certificate.
func (p Phase) Propagation(ambient bool, workloadTTL time.Duration) time.Duration {
	switch {
	case p == PhaseSteady:
		return 0
	case p == PhaseTrust && !ambient:
		return kubeletDelay
	}
	return workloadTTL
}

// Rotation is what the files of trust/ say about roots.
type Rotation struct {
	Phase Phase
	// Old is the root of the steady phase, and the first of two; New is the second.
	Old, New *x509.Certificate
	// Behind are the clusters that sign under Old while there is a New, sorted.
	Behind []string
	// Foreign are the clusters that sign under none of the roots, sorted: no phase may follow.
	Foreign []string
}

// ReadRotation finds the phase: from root-cert.pem, and from the root to which the chain of each
// cluster leads, over as many certificates as there are between.
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
	case r.New != nil && leads(chain, r.New):
		r.Phase = PhaseSign
	case !leads(chain, r.Old):
		r.Foreign = append(r.Foreign, cluster)
	case r.New != nil:
		r.Behind = append(r.Behind, cluster)
	}
}

// AddRoot appends a root to the roots that are trusted, where it is not yet among them. The old
// bytes stay as they are: istiod up to 1.29 takes a new bundle only when it contains the old one
// byte for byte (istio pilot/pkg/bootstrap/istio_ca.go).
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

// KeepRoot returns the part of a bundle that is one of its roots, byte for byte, however somebody
// has written it.
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

// AcceptedUpdate tells whether a running istiod takes one bundle of roots for another: one must
// contain the other, as bytes up to 1.29 and as certificates from 1.30 on. It needs
// ISTIO_MULTIROOT_MESH, or else a restart.
func AcceptedUpdate(before, after []byte) bool {
	for _, text := range [][]byte{before, after} {
		if _, err := ParseCertificates(text); err != nil {
			return false
		}
	}
	return bytes.Contains(before, after) || bytes.Contains(after, before)
}

// Believes tells whether workloads of one bundle accept those that another signs, as long as none
// of the certificates has expired.
func (b Bundle) Believes(other Bundle) bool {
	roots, err := ParseCertificates(b.Root)
	if err != nil {
		return false
	}
	chain, err := ParseCertificates(other.Chain)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(roots, func(root *x509.Certificate) bool { return leads(chain, root) })
}

// leads tells whether a chain leads to a root at the first moment at which all of it is valid: a
// root that was renewed is younger than what it has signed.
func leads(chain []*x509.Certificate, root *x509.Certificate) bool {
	start := root.NotBefore
	for _, certificate := range chain {
		if certificate.NotBefore.After(start) {
			start = certificate.NotBefore
		}
	}
	_, err := chain[0].Verify(verifyOptions(chain, []*x509.Certificate{root}, start))
	return err == nil
}
