package trust_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

func requestOf(t testing.TB, signer crypto.Signer) []byte {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "anything"}, DNSNames: []string{"evil.example"}}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return block("CERTIFICATE REQUEST", der)
}

// TestRequestGivesItsKeyAndNothingElse signs a request that asks for more.
func TestRequestGivesItsKeyAndNothingElse(t *testing.T) {
	signer, root := p256(t), newRoot(t, 1)
	for name, text := range map[string][]byte{
		"as made":          requestOf(t, signer),
		"line ends of DOS": crlf(requestOf(t, signer)),
		"old label":        []byte(strings.ReplaceAll(string(requestOf(t, signer)), "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST")),
		"text before":      append([]byte("Certificate Request:\n    Data:\n"), requestOf(t, signer)...),
	} {
		t.Run(name, func(t *testing.T) {
			public, err := trust.ParseRequest(text)
			if err != nil {
				t.Fatal(err)
			}
			certificate, err := root.Issue(public, ofCluster("east", 1), noon())
			if err != nil {
				t.Fatal(err)
			}
			wantClean(t, certificate, root.Certificate)
			if certificate.Subject.CommonName != "shop east g1" || !keyOf(t, signer).Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(certificate.PublicKey) {
				t.Errorf("got %s", certificate.Subject)
			}
		})
	}
}

func TestParseRequestRefuses(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := requestOf(t, p256(t))
	for _, c := range []struct {
		name string
		text []byte
		want string
	}{
		{"nothing", nil, "read request: it is empty"},
		{"another text", []byte("kind: Mesh"), "read request: no PEM block of type CERTIFICATE REQUEST"},
		{"certificate", newRootPEM(t), "read request: it is a certificate"},
		{"private key beside it", append(pkcs8(t, p256(t)), good...), "read request: the file contains a private key: keys must stay where they are created, so create a new one"},
		{"no request inside", block("CERTIFICATE REQUEST", []byte("x")), "read request: asn1: syntax error: truncated tag or length"},
		{"RSA 1024", requestOf(t, small), "read request: the RSA key has 1024 bits: the minimum is 2048"},
		{"P-521", requestOf(t, onCurve(t, elliptic.P521())), "read request: the key is on curve P-521: istiod signs with P-256 and P-384"},
		{"Ed25519", requestOf(t, edwards), "read request: a key of type ed25519.PublicKey: istiod signs with RSA and ECDSA"},
		{"no proof", unproven(good), "read request: no proof of possession of the private key: x509: ECDSA verification failure"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := trust.ParseRequest(c.text)
			wantError(t, err, c.want)
		})
	}
}

// unproven changes a letter of the subject, which the signature covers.
func unproven(text []byte) []byte {
	decoded, _ := pem.Decode(text)
	return block("CERTIFICATE REQUEST", []byte(strings.Replace(string(decoded.Bytes), "anything", "Anything", 1)))
}

func TestNewRequestRefuses(t *testing.T) {
	_, err := trust.NewRequest(trust.Key{}, ofCluster("east", 1))
	wantError(t, err, "create request: no key")
	_, err = trust.NewRequest(newKey(t, trust.P256), trust.Intermediate{Mesh: "shop", Cluster: "east", Generation: 1})
	wantError(t, err, `create request: "" is not a trust domain`)
}

// TestKeyFingerprintIsWhatOpenSSLSays compares what two people read to each other.
func TestKeyFingerprintIsWhatOpenSSLSays(t *testing.T) {
	key := newKey(t, trust.P256)
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	out, err := openssl(t, "dgst", "-sha256", "-c", write(t, der))
	if err != nil {
		t.Fatal(err, out)
	}
	got, err := trust.KeyFingerprint(key.Public())
	_, want, _ := strings.Cut(strings.TrimSpace(out), "= ")
	if err != nil || got != "SHA256:"+strings.ToUpper(want) {
		t.Errorf("got %s, %v; openssl says %s", got, err, want)
	}
}
