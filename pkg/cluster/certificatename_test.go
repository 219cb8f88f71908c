package cluster_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
)

// TestCertificateNames: a name that a certificate does not have is told from an authority that did not sign it, as a
// client meets both.
func TestCertificateNames(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	dial := func(config *tls.Config) error {
		connection, err := tls.Dial("tcp", server.Listener.Addr().String(), config)
		if err == nil {
			_ = connection.Close()
		}
		return fmt.Errorf("ask the server: %w", err)
	}
	names, mismatch := cluster.CertificateNames(dial(&tls.Config{RootCAs: roots, ServerName: "api.west"}))
	want := []string{"example.com", "*.example.com", net.IPv4(127, 0, 0, 1).String(), net.IPv6loopback.String()}
	if diff := cmp.Diff(want, names); diff != "" || !mismatch {
		t.Errorf("another name: %t (-want +got):\n%s", mismatch, diff)
	}
	if names, mismatch := cluster.CertificateNames(dial(&tls.Config{RootCAs: x509.NewCertPool(), ServerName: "example.com"})); mismatch || names != nil {
		t.Errorf("another authority: %t, %v", mismatch, names)
	}
}
