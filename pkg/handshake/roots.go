package handshake

import (
	"bytes"
	"crypto/x509"
	"slices"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// Trusts reports whether the server listed a root among those accepted for client certificates. Envoy lists all roots
// that it trusts (default_validator.cc, addClientValidationContext; seen with 1.40.0). Roots with the same subject are
// indistinguishable.
func (s Result) Trusts(root *x509.Certificate) bool {
	return slices.ContainsFunc(s.Accepted, func(subject []byte) bool { return bytes.Equal(subject, root.RawSubject) })
}

// DescendsFrom reports whether the server's certificate was signed under a root.
func (s Result) DescendsFrom(root *x509.Certificate) bool {
	return len(s.Chain) > 0 && slices.Contains(ancestors(s.Chain, []*x509.Certificate{root}), trust.Fingerprint(root))
}
