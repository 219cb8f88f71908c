package handshake_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"net/netip"
	"net/url"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
)

// now is when certificates are looked at.
func now() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

// holder has a certificate, its key, and what is above it.
type holder struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	above       []*x509.Certificate
}

// issue makes a certificate, signed by a holder, or by itself.
func issue(t *testing.T, by *holder, change func(*x509.Certificate)) *holder {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(now().Unix()), NotBefore: now().Add(-time.Hour), NotAfter: now().Add(time.Hour)}
	change(template)
	parent, signer := template, key
	var above []*x509.Certificate
	if by != nil {
		parent, signer, above = by.certificate, by.key, append([]*x509.Certificate{by.certificate}, by.above...)
	}
	text, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(text)
	if err != nil {
		t.Fatal(err)
	}
	return &holder{certificate: certificate, key: key, above: above}
}

func authority(t *testing.T, name string, by *holder) *holder {
	t.Helper()
	return issue(t, by, func(c *x509.Certificate) {
		c.Subject, c.IsCA, c.BasicConstraintsValid, c.KeyUsage = pkix.Name{CommonName: name}, true, true, x509.KeyUsageCertSign
	})
}

func workload(t *testing.T, by *holder, change func(*x509.Certificate)) *holder {
	t.Helper()
	return issue(t, by, func(c *x509.Certificate) {
		c.URIs = []*url.URL{{Scheme: "spiffe", Host: "cluster.local", Path: "/ns/sample/sa/helloworld"}}
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
		change(c)
	})
}

// resign has a holder sign another certificate of its own key.
func resign(t *testing.T, by *holder, template *x509.Certificate) *x509.Certificate {
	t.Helper()
	text, err := x509.CreateCertificate(rand.Reader, template, template, &by.key.PublicKey, by.key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(text)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

// as leaves a certificate as it is.
func as(*x509.Certificate) {}

// chain is what a server shows.
func (h *holder) chain() []*x509.Certificate {
	return append([]*x509.Certificate{h.certificate}, h.above...)
}

// pair is for a server of TLS.
func (h *holder) pair() tls.Certificate {
	pair := tls.Certificate{PrivateKey: h.key}
	for _, certificate := range h.chain() {
		pair.Certificate = append(pair.Certificate, certificate.Raw)
	}
	return pair
}

// listen serves each connection on loopback until the test ends.
func listen(t *testing.T, serve func(net.Conn)) netip.AddrPort {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			serve(connection)
			_ = connection.Close()
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); <-done })
	return netip.MustParseAddrPort(listener.Addr().String())
}

// serveTLS is a workload's proxy: mutual TLS, and nothing for who does not speak its protocol.
func serveTLS(config *tls.Config, asked chan<- *tls.ClientHelloInfo) func(net.Conn) {
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		asked <- hello
		return nil, nil
	}
	return func(connection net.Conn) {
		server := tls.Server(connection, config)
		_ = server.HandshakeContext(context.Background()) // that no certificate came is the point
		_, _ = server.Read(make([]byte, 1))
	}
}

// dialer is a network with a fault of its own.
type dialer func(ctx context.Context) (net.Conn, error)

func (d dialer) DialContext(ctx context.Context, _, _ string) (net.Conn, error) { return d(ctx) }

// resolver knows some names.
type resolver map[string][]netip.Addr

func (r resolver) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if found, ok := r[host]; ok {
		return found, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// patience is short where a server is to be silent, for a test waits for it.
func edge(patience time.Duration) handshake.Edge {
	return handshake.Edge{Dialer: &net.Dialer{}, Resolver: resolver{}, Patience: patience}
}

var errNoRoute = errors.New("connect: no route to host")
