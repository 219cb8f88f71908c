package trust_test

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// badName is an alternative name that parsers repeat when they refuse it (RFC 5280 section
// 4.2.1.6: a URI has tag 6).
func badName(t *testing.T) []pkix.Extension {
	t.Helper()
	name := asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 6, Bytes: []byte("http://[\x1b[2J" + strings.Repeat("x", 5000))}
	value, err := asn1.Marshal([]asn1.RawValue{name})
	if err != nil {
		t.Fatal(err)
	}
	return []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Value: value}}
}

func TestErrorsOfParsersAreCut(t *testing.T) {
	signer := p256(t)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: noon(), NotAfter: noon(), ExtraExtensions: badName(t)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, signer.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{ExtraExtensions: badName(t)}, signer)
	if err != nil {
		t.Fatal(err)
	}
	_, refusedCertificate := trust.ParseCertificates(block("CERTIFICATE", certificate))
	_, refusedRequest := trust.ParseRequest(block("CERTIFICATE REQUEST", request))
	for begin, err := range map[string]error{
		`failed to parse X.509 certificate 1: x509: cannot parse URI "http://[`: refusedCertificate, `read request: x509: cannot parse URI "http://[`: refusedRequest,
	} {
		if err == nil || !strings.HasPrefix(err.Error(), begin) || !strings.HasSuffix(err.Error(), "xxx...") || len(err.Error()) > 300 {
			t.Errorf("got %v, want %s, cut", err, begin)
		}
		wantPlain(t, err)
	}
}

func TestStatusShowsNamesAsTheyMayBeShown(t *testing.T) {
	long := strings.Repeat("o", 64)
	root := forge(t, nil, "root", func(c *x509.Certificate) {
		c.Subject = pkix.Name{CommonName: long[:60] + " g42", Organization: []string{long}}
	})
	about := trust.Describe("east", root.Certificate)
	if want := "CN=" + long[:60] + " g42,O=" + long; about.Subject != want || about.Issuer != want || about.Generation != 42 || about.Cluster != "east" {
		t.Errorf("got %+v", about)
	}
	isForeign := forge(t, nil, "a\x1b[2J\u202eb", nil)
	if got := trust.Describe("", isForeign.Certificate).Subject; got != "CN=a?[2J?b" {
		t.Errorf("got %q", got)
	}
	nameless := forge(t, nil, "", nil)
	if got := trust.Describe("", nameless.Certificate); got.Subject != "a certificate without a subject" || got.Generation != 0 || got.Algorithm != "ECDSA P-256" {
		t.Errorf("got %+v", got)
	}
}

func TestGenerationIsOurs(t *testing.T) {
	for name, want := range map[string]int{"shop east g1": 1, "shop east g12": 12, "shop east": 0, "shop east g-1": 0, "shop east gx": 0, "g7": 0, "": 0} {
		if got := trust.Generation(&x509.Certificate{Subject: pkix.Name{CommonName: name}}); got != want {
			t.Errorf("%q has generation %d, want %d", name, got, want)
		}
	}
}
