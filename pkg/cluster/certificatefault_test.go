package cluster_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
)

// signer is a certificate authority of a test.
type signer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// sign returns a certificate by a template, with its key; by itself where there is no parent.
func sign(t *testing.T, template *x509.Certificate, parent *signer) signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(1)
	if template.NotAfter.IsZero() {
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	}
	by := signer{template, key}
	if parent != nil {
		by = *parent
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.certificate, key.Public(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return signer{certificate, key}
}

func authority(t *testing.T, name string) signer {
	t.Helper()
	return sign(t, &x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil)
}

// TestCertificateFaultOf: what a client says of servers at 127.0.0.1, each with a certificate of its own.
func TestCertificateFaultOf(t *testing.T) {
	ours := authority(t, "ours")
	here := []net.IP{net.IPv4(127, 0, 0, 1)}
	for _, test := range []struct {
		name   string
		shown  x509.Certificate
		by     signer
		want   cluster.CertificateFault
		expect string // the name that the client expects, as with tlsServerName
	}{
		{name: "none", shown: x509.Certificate{IPAddresses: here}, by: ours},
		{name: "other names", shown: x509.Certificate{DNSNames: []string{"*.east", "api.east"}, IPAddresses: []net.IP{net.IPv4(10, 0, 0, 1)}}, by: ours,
			want: cluster.CertificateFault{Kind: cluster.FaultName, Names: []string{"*.east", "api.east", "10.0.0.1"}}},
		{name: "no IP SANs", shown: x509.Certificate{DNSNames: []string{"api.east"}}, by: ours,
			want: cluster.CertificateFault{Kind: cluster.FaultName, Names: []string{"api.east"}}},
		{name: "the name is expected", shown: x509.Certificate{DNSNames: []string{"api.east"}}, by: ours, expect: "api.east"},
		{name: "another name is expected", shown: x509.Certificate{IPAddresses: here}, by: ours, expect: "api.east",
			want: cluster.CertificateFault{Kind: cluster.FaultName, Names: []string{"127.0.0.1"}}},
		{name: "a common name alone", shown: x509.Certificate{Subject: pkix.Name{CommonName: "api.east"}}, by: ours, expect: "api.east",
			want: cluster.CertificateFault{Kind: cluster.FaultNoName}},
		{name: "no name", by: ours, want: cluster.CertificateFault{Kind: cluster.FaultNoName}},
		{name: "another authority", shown: x509.Certificate{IPAddresses: here}, by: authority(t, "theirs"),
			want: cluster.CertificateFault{Kind: cluster.FaultAuthority}},
		{name: "another authority of the same name", shown: x509.Certificate{IPAddresses: here}, by: authority(t, "ours"),
			want: cluster.CertificateFault{Kind: cluster.FaultAuthority}},
		{name: "expired", by: ours, shown: x509.Certificate{IPAddresses: here, NotBefore: day(2024, 1), NotAfter: day(2024, 2)},
			want: cluster.CertificateFault{Kind: cluster.FaultExpired, Date: "2024-02-01"}},
		{name: "not valid yet", by: ours, shown: x509.Certificate{IPAddresses: here, NotBefore: day(3024, 1), NotAfter: day(3024, 2)},
			want: cluster.CertificateFault{Kind: cluster.FaultEarly, Date: "3024-01-01"}},
		{name: "expired, and for other names", by: ours, shown: x509.Certificate{DNSNames: []string{"a"}, NotBefore: day(2024, 1), NotAfter: day(2024, 2)},
			want: cluster.CertificateFault{Kind: cluster.FaultExpired, Date: "2024-02-01"}},
		{name: "for clients", by: ours, shown: x509.Certificate{IPAddresses: here, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}},
			want: cluster.CertificateFault{Kind: cluster.FaultUsage}},
	} {
		shown := sign(t, &test.shown, &test.by)
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{shown.certificate.Raw}, PrivateKey: shown.key}}}
		server.StartTLS()
		roots := x509.NewCertPool()
		roots.AddCert(ours.certificate)
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: test.expect}}}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(request)
		if err == nil {
			_ = response.Body.Close()
		}
		server.Close()
		if diff := cmp.Diff(test.want, cluster.CertificateFaultOf(err)); diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", test.name, err, diff)
		}
	}
}

func day(year int, month time.Month) time.Time {
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

// TestCertificateFaultOfText: what Go's own types do not tell.
func TestCertificateFaultOfText(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want cluster.CertificateFaultKind
	}{
		"SHA-1":                   {fmt.Errorf("x509: cannot verify signature: insecure algorithm SHA1-RSA: %w", x509.UnknownAuthorityError{}), cluster.FaultAlgorithm},
		"a path that is too long": {x509.CertificateInvalidError{Reason: x509.TooManyIntermediates}, cluster.FaultOther},
		"another rule":            {&tls.CertificateVerificationError{Err: x509.UnhandledCriticalExtension{}}, cluster.FaultOther},
		"no certificate is wrong": {fmt.Errorf("dial tcp 203.0.113.10:443: connect: connection refused"), ""},
	} {
		if got := cluster.CertificateFaultOf(test.err).Kind; got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}
