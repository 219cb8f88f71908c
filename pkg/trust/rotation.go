package trust

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
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

// Rotation is what the files of trust/ say about roots.
type Rotation struct {
	Phase Phase
	// Old is the root of the steady phase, and the first of two; New is the second.
	Old, New *x509.Certificate
	// Behind are the clusters that sign under Old while others sign under New, sorted.
	Behind []string
}

// ReadRotation finds the phase: from root-cert.pem, and from who has signed the certificate of
// each cluster.
func ReadRotation(root []byte, signing map[string]*x509.Certificate) (Rotation, error) {
	roots, err := ParseCertificates(root)
	if err != nil {
		return Rotation{}, fmt.Errorf("read %s: %w", RootCertFile, err)
	}
	switch len(roots) {
	case 1:
		return Rotation{Phase: PhaseSteady, Old: roots[0]}, nil
	case 2:
	default:
		return Rotation{}, fmt.Errorf("read %s: %d roots: a rotation has two", RootCertFile, len(roots))
	}
	r := Rotation{Phase: PhaseTrust, Old: roots[0], New: roots[1]}
	for cluster, certificate := range signing {
		if issued(r.New, certificate) {
			r.Phase = PhaseSign
		} else {
			r.Behind = append(r.Behind, cluster)
		}
	}
	slices.Sort(r.Behind)
	return r, nil
}

// AddRoot appends a root to the roots that are trusted. The old bytes stay as they are: istiod up
// to 1.29 takes a new bundle only when it contains the old one byte for byte (istio
// pilot/pkg/bootstrap/istio_ca.go).
func AddRoot(old []byte, root *x509.Certificate) []byte {
	text := bytes.Clone(old)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	return append(text, EncodeCertificates(root)...)
}

// KeepRoot returns the part of a bundle that is one of its roots, byte for byte.
func KeepRoot(bundle []byte, root *x509.Certificate) ([]byte, error) {
	wanted := bytes.TrimSpace(EncodeCertificates(root))
	at := bytes.Index(bundle, wanted)
	if at < 0 {
		return nil, errors.New("keep root: it does not stand in the bundle as it would be written")
	}
	end := at + len(wanted)
	if end < len(bundle) && bundle[end] == '\n' {
		end++
	}
	return bytes.Clone(bundle[at:end]), nil
}

// AcceptedUpdate tells whether a running istiod takes one bundle of roots for another: one must
// contain the other. It needs ISTIO_MULTIROOT_MESH, or else a restart.
func AcceptedUpdate(before, after []byte) bool {
	return bytes.Contains(before, after) || bytes.Contains(after, before)
}

// Believes tells whether workloads of one bundle accept those that another signs.
func (b Bundle) Believes(other Bundle) bool {
	roots, err := ParseCertificates(b.Root)
	if err != nil {
		return false
	}
	chain, err := ParseCertificates(other.Chain)
	if err != nil {
		return false
	}
	options := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: chain[0].NotBefore}
	for _, root := range roots {
		options.Roots.AddCert(root)
	}
	for _, certificate := range chain {
		options.Intermediates.AddCert(certificate)
	}
	_, err = chain[0].Verify(options)
	return err == nil
}
