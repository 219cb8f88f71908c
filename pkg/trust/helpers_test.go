package trust_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// noon is when all tests happen.
func noon() time.Time { return time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC) }

func newKey(t testing.TB, kind trust.KeyType) trust.Key {
	t.Helper()
	key, err := trust.NewKey(kind)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newRoot(t testing.TB, generation int) trust.Authority {
	t.Helper()
	root, err := trust.NewRoot("shop", newKey(t, trust.P256), generation, noon())
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func rootPEM(authority trust.Authority) []byte {
	return trust.EncodeCertificates(authority.Certificate)
}

func ofCluster(name string, generation int) trust.Intermediate {
	return trust.Intermediate{Mesh: "shop", Cluster: name, TrustDomain: "shop.example", Generation: generation, Validity: trust.IntermediateValidity}
}

func issue(t testing.TB, authority trust.Authority, what trust.Intermediate, key trust.Key) *x509.Certificate {
	t.Helper()
	certificate, err := authority.Issue(key.Public(), what, noon())
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

// newBundle is the bundle of a cluster directly under a root.
func newBundle(t testing.TB, root trust.Authority, cluster string) trust.Bundle {
	t.Helper()
	key := newKey(t, trust.P256)
	return trust.NewBundle(issue(t, root, ofCluster(cluster, 1), key), nil, rootPEM(root), key)
}

// forged is a certificate as somebody else makes it, and its key.
type forged struct {
	*x509.Certificate
	signer crypto.Signer
}

func (f forged) authority(t testing.TB) trust.Authority {
	t.Helper()
	return trust.Authority{Certificate: f.Certificate, Key: keyOf(t, f.signer)}
}

func (f forged) pem() []byte { return trust.EncodeCertificates(f.Certificate) }

// forge makes a certificate that is valid by default. Without a parent it signs itself.
func forge(t testing.TB, parent *forged, name string, change func(*x509.Certificate)) forged {
	t.Helper()
	return forgeFor(t, parent, p256(t), name, change)
}

func forgeFor(t testing.TB, parent *forged, signer crypto.Signer, name string, change func(*x509.Certificate)) forged {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(len(name)) + noon().Unix()), Subject: pkix.Name{CommonName: name},
		NotBefore: noon().Add(-time.Hour), NotAfter: noon().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	if change != nil {
		change(template)
	}
	above := forged{template, signer}
	if parent != nil {
		above = *parent
	}
	der, err := x509.CreateCertificate(rand.Reader, template, above.Certificate, signer.Public(), above.signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return forged{certificate, signer}
}

func p256(t testing.TB) crypto.Signer { return onCurve(t, elliptic.P256()) }

func onCurve(t testing.TB, curve elliptic.Curve) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func pkcs8(t testing.TB, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return block("PRIVATE KEY", der)
}

func keyOf(t testing.TB, signer crypto.Signer) trust.Key {
	t.Helper()
	key, err := trust.ParseKey(pkcs8(t, signer))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// signerOf is the way back: what istiod reads of a key.
func signerOf(t testing.TB, key trust.Key) crypto.Signer {
	t.Helper()
	text, err := key.PEM()
	if err != nil {
		t.Fatal(err)
	}
	decoded, _ := pem.Decode(text)
	parsed, err := x509.ParsePKCS8PrivateKey(decoded.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.(crypto.Signer)
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func crlf(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")) }

// wantRefusal wants one reason, of this kind, in these words and with this remedy.
func wantRefusal(t testing.TB, err error, fault trust.Fault, want, remedy string) {
	t.Helper()
	wantError(t, err, want)
	refusal, ok := errors.AsType[*trust.Refusal](err)
	if !ok || refusal.Fault != fault {
		t.Errorf("got a fault %+v, want %s", refusal, fault)
	}
	if got := hint.Of(err); !slices.Equal(got, []string{remedy}) {
		t.Errorf("got the remedies\n%q\nwant\n%q", got, remedy)
	}
}

func wantError(t testing.TB, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("got error %q, want none", err)
	case want != "" && err == nil:
		t.Errorf("got no error, want %q", want)
	case want != "" && err.Error() != want:
		t.Errorf("got error\n%s\nwant\n%s", err, want)
	}
}

func keyAndText(t testing.TB) (crypto.Signer, []byte) {
	t.Helper()
	signer := p256(t)
	return signer, pkcs8(t, signer)
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// names are those of a mesh of sidecars.
func names() trust.Names { return trust.Names{TrustDomain: "shop.example", Namespace: "istio-system"} }
