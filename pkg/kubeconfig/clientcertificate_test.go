package kubeconfig_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/kubeconfig"
)

// request is a signing request with this content, as PEM.
func request(t *testing.T, template *x509.CertificateRequest) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, template, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
}

// A request for anything but the name of the reader would make its sender somebody else.
func TestCheckClientRequest(t *testing.T) {
	key, err := kubeconfig.NewClientKey()
	if err != nil {
		t.Fatal(err)
	}
	good, err := kubeconfig.NewClientRequest(key, "mesh:west")
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range []string{"", "x", strings.ReplaceAll(string(key), "PRIVATE", "EC PRIVATE")[:60], string(good)} {
		if _, err := kubeconfig.NewClientRequest([]byte(broken), "mesh:west"); err == nil || strings.Contains(err.Error(), "MIG") {
			t.Errorf("a key %q: %v", broken, err)
		}
	}
	tampered, _ := pem.Decode(good)
	tampered.Bytes[len(tampered.Bytes)-1] ^= 1
	for name, test := range map[string]struct {
		text []byte
		want string
	}{
		"ours":           {good, ""},
		"another name":   {request(t, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "admin"}}), `it requests user "admin", not "mesh:west"`},
		"a group":        {request(t, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "mesh:west", Organization: []string{"system:masters"}}}), "it requests groups or addresses"},
		"an address":     {request(t, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "mesh:west"}, DNSNames: []string{"kubernetes"}}), "it requests groups or addresses"},
		"no proof":       {pem.EncodeToMemory(tampered), "no proof of possession"},
		"text before it": {append([]byte("Subject: CN = mesh:east\n"), good...), "not one PEM block"},
		"a header":       {bytes.Replace(good, []byte("REQUEST-----\n"), []byte("REQUEST-----\nNote: a\n\n"), 1), "not one PEM block"},
		"a damaged one":  {append([]byte("-----BEGIN CERTIFICATE REQUEST-----\n?\n-----END CERTIFICATE REQUEST-----\n"), good...), "not one PEM block"},
		"CRLF":           {bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")), ""},
		"two requests":   {append(good[:len(good):len(good)], good...), "not one PEM block"},
		"nothing":        {nil, "not one PEM block"},
		"something else": {pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: []byte("x")}), "cannot be parsed"},
	} {
		fingerprint, err := kubeconfig.CheckClientRequest(test.text, "mesh:west")
		if got := fmt.Sprint(err); test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(got, test.want)) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
		if (err == nil) != (len(fingerprint) == len("SHA256:")+32*3-1) {
			t.Errorf("%s: fingerprint %q", name, fingerprint)
		}
	}
}

// A client certificate shows nothing of its key, however it is printed.
func TestClientCertificateIsSilent(t *testing.T) {
	certificate, key := signed(t, "mesh:west")
	parsed, err := kubeconfig.ParseClientCertificate(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(map[string]any{"c": parsed})
	if err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprintf("%v %+v %#v %s %q %x %v", parsed, parsed, parsed, parsed, parsed, parsed, struct{ C kubeconfig.ClientCertificate }{parsed}) + string(encoded)
	for line := range strings.Lines(string(key)) {
		if strings.Contains(shown, strings.TrimSpace(line)) {
			t.Errorf("it shows %q in %s", line, shown)
		}
	}
	if parsed.User() != "mesh:west" || !strings.HasPrefix(parsed.Fingerprint(), "sha256:") || parsed.NotAfter().IsZero() || parsed.IsZero() {
		t.Errorf("user %s, fingerprint %s, until %s", parsed.User(), parsed.Fingerprint(), parsed.NotAfter())
	}
	_, other := signed(t, "mesh:west")
	if _, err := kubeconfig.ParseClientCertificate(certificate, other); err == nil || strings.Contains(err.Error(), "PRIVATE") {
		t.Errorf("another key: %v", err)
	}
}

// Certificate and key are passed on in one form: what else is in their files stays there.
func TestClientCertificateIsPlain(t *testing.T) {
	certificate, key := signed(t, "mesh:west")
	other, otherKey := signed(t, "mesh:ca")
	chain := append(bytes.Clone(certificate), other...)
	for what, text := range map[string][]byte{
		"as it is":            chain,
		"text before it":      append([]byte("SECRETSECRET\n"), chain...),
		"text behind it":      append(bytes.Clone(chain), "SECRETSECRET\n"...),
		"another block":       append(append(bytes.Clone(certificate), otherKey...), other...),
		"a block with a note": append(append(bytes.Clone(certificate), "-----BEGIN NOTE-----\nU0VDUkVU\n-----END NOTE-----\n"...), other...),
		"a header":            bytes.Replace(chain, []byte("CERTIFICATE-----\n"), []byte("CERTIFICATE-----\nNote: SECRETSECRET\n\n"), 1),
		"CRLF":                bytes.ReplaceAll(chain, []byte("\n"), []byte("\r\n")),
	} {
		parsed, err := kubeconfig.ParseClientCertificate(text, append([]byte("SECRETSECRET\n"), key...))
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if plain, plainKey := parsed.Reveal(); !bytes.Equal(plain, chain) || !bytes.Equal(plainKey, key) {
			t.Errorf("%s: it is passed on as\n%s%s", what, plain, plainKey)
		}
	}
}

// signed is a certificate of its own, and its key.
func signed(t *testing.T, user string) (certificate, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: user}, NotAfter: time.Unix(1<<32, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	text, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: text})
}
