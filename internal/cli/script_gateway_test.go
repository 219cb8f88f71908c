package cli_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// gateway VARIABLE KIND [CHAIN KEY] listens on loopback until the script ends, and puts its port into VARIABLE. The kinds
// reset, http and refused show no certificate; workload, expired and balancer show one that KEY has signed, and CHAIN.
func gateway(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg || len(args) != 2 && len(args) != 4, "gateway VARIABLE KIND [CHAIN KEY]")
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], strconv.Itoa(listener.Addr().(*net.TCPAddr).Port))
	ts.Defer(func() { _ = listener.Close() })
	var serve func(net.Conn)
	switch kind := args[1]; {
	case kind == "refused":
		ts.Check(listener.Close())
		return
	case kind == "reset":
		serve = func(connection net.Conn) { _, _ = connection.Read(make([]byte, 4096)) }
	case kind == "http":
		serve = func(connection net.Conn) { _, _ = fmt.Fprint(connection, "HTTP/1.1 400 Bad Request\r\n\r\n") }
	case len(args) == 4:
		shown := tls.Config{Certificates: []tls.Certificate{behindGateway(ts, kind, args[2], args[3])}, ClientAuth: tls.RequireAnyClientCert, NextProtos: []string{"istio"}}
		serve = func(connection net.Conn) { _ = tls.Server(connection, &shown).HandshakeContext(context.Background()) }
	default:
		ts.Fatalf("no kind of gateway %q", kind)
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			serve(connection)
			_ = connection.Close()
		}
	}()
}

// behindGateway is what a workload shows, or a load balancer that ends TLS.
func behindGateway(ts *testscript.TestScript, kind, chain, key string) tls.Certificate {
	var shown tls.Certificate
	for block, rest := pem.Decode([]byte(ts.ReadFile(chain))); block != nil; block, rest = pem.Decode(rest) {
		shown.Certificate = append(shown.Certificate, block.Bytes)
	}
	parent, err := x509.ParseCertificate(shown.Certificate[0])
	ts.Check(err)
	block, _ := pem.Decode([]byte(ts.ReadFile(key)))
	signer, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	ts.Check(err)
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "lb.example"}, NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	if kind != "balancer" {
		template.URIs = []*url.URL{{Scheme: "spiffe", Host: "cluster.local", Path: "/ns/sample/sa/helloworld"}}
	}
	if kind == "expired" {
		template.NotAfter = time.Now().Add(-time.Hour)
	}
	text, err := x509.CreateCertificate(rand.Reader, template, parent, &own.PublicKey, signer.(crypto.Signer))
	ts.Check(err)
	shown.Certificate = append([][]byte{text}, shown.Certificate...)
	shown.PrivateKey = own
	return shown
}
