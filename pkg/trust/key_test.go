package trust_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// parameters is what `openssl ecparam -genkey` writes before a key: the name of P-256.
func parameters() []byte {
	return block("EC PARAMETERS", []byte{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07})
}

func sec1(t testing.TB, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return block("EC PRIVATE KEY", der)
}

func TestParseKeyReadsEveryForm(t *testing.T) {
	curve := p256(t).(*ecdsa.PrivateKey)
	modulus, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"PKCS#8":              pkcs8(t, curve),
		"SEC1":                sec1(t, curve),
		"SEC1 and parameters": append(parameters(), sec1(t, curve)...),
		"line ends of DOS":    crlf(append(parameters(), sec1(t, curve)...)),
		"text before":         append([]byte("Bag Attributes\n    friendlyName: ca\n"), pkcs8(t, curve)...),
	} {
		wantKey(t, name, text, &curve.PublicKey)
	}
	wantKey(t, "PKCS#8, RSA", pkcs8(t, modulus), &modulus.PublicKey)
	wantKey(t, "PKCS#1", block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(modulus)), &modulus.PublicKey)
	wide := onCurve(t, elliptic.P384()).(*ecdsa.PrivateKey)
	wantKey(t, "P-384", sec1(t, wide), &wide.PublicKey)
}

// wantKey wants the same key, and that it comes out as PKCS#8.
func wantKey(t *testing.T, name string, text []byte, public interface{ Equal(crypto.PublicKey) bool }) {
	t.Helper()
	key, err := trust.ParseKey(text)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if !public.Equal(key.Public()) {
		t.Errorf("%s: another key", name)
	}
	out, err := key.PEM()
	if err != nil || !bytes.HasPrefix(out, []byte("-----BEGIN PRIVATE KEY-----\n")) || !public.Equal(keyOf(t, signerOf(t, key)).Public()) {
		t.Errorf("%s: it comes out as another key, or not as PKCS#8 (%v)", name, err)
	}
}

func TestParseKeyRefuses(t *testing.T) {
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	legacy := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: []byte("x"),
		Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-256-CBC,00"}})
	good := pkcs8(t, p256(t))
	for _, c := range []struct {
		name string
		text []byte
		want string
	}{
		{"nothing", nil, "invalid PEM-encoded key: it is empty"},
		{"no PEM", []byte("key"), "invalid PEM-encoded key"},
		{"cut off", good[:len(good)-30], "invalid PEM-encoded key: its last PEM block is truncated"},
		{"parameters alone", parameters(), "invalid PEM-encoded key: it has PEM blocks of another type"},
		{"encrypted", block("ENCRYPTED PRIVATE KEY", []byte("x")), "the private key is encrypted, which istiod cannot read"},
		{"encrypted in the old way", legacy, "the private key is encrypted, which istiod cannot read"},
		{"certificate", newRootPEM(t), "invalid PEM-encoded key: it is a certificate"},
		{"key of OpenSSH", block("OPENSSH PRIVATE KEY", []byte("x")), "invalid PEM-encoded key: it is a private key in OpenSSH format"},
		{"no key inside", block("PRIVATE KEY", []byte("x")), "failed to parse the private key in the PRIVATE KEY block"},
		{"wrong label", block("RSA PRIVATE KEY", sec1(t, p256(t).(*ecdsa.PrivateKey))), "failed to parse the private key in the RSA PRIVATE KEY block"},
		{"Ed25519", pkcs8(t, edwards), "a key of type ed25519.PublicKey: istiod signs with RSA and ECDSA"},
		{"P-521", pkcs8(t, onCurve(t, elliptic.P521())), "the key is on curve P-521: istiod signs with P-256 and P-384"},
		{"RSA 1024", pkcs8(t, small), "the RSA key has 1024 bits: the minimum is 2048"},
		{"control characters", []byte("-----BEGIN \x1b[31m-----\n-----END \x1b[31m-----\n"), "invalid PEM-encoded key: it has PEM blocks of another type"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := trust.ParseKey(c.text)
			wantError(t, err, c.want)
		})
	}
}

func newRootPEM(t testing.TB) []byte {
	t.Helper()
	return rootPEM(newRoot(t, 1))
}

func TestNewKeyRefusesOtherKinds(t *testing.T) {
	_, err := trust.NewKey("ed25519")
	wantError(t, err, `create key: unsupported kind "ed25519"; supported: p256, p384 and rsa4096`)
}

func TestAlgorithmsHaveNames(t *testing.T) {
	var got []string
	for _, kind := range []trust.KeyType{trust.P256, trust.P384, trust.RSA4096} {
		got = append(got, trust.Algorithm(newKey(t, kind).Public()))
	}
	if want := []string{"ECDSA P-256", "ECDSA P-384", "RSA 4096"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := trust.Algorithm(nil); got != "unknown" {
		t.Errorf("got %q for no key", got)
	}
}
