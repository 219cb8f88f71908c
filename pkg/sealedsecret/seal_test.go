package sealedsecret_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/sealedsecret"
)

func newKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestOpensUnderItsOwnNameOnly(t *testing.T) {
	key := newKey(t)
	name := sealedsecret.Name{Namespace: "istio-system", Name: "cacerts"}
	value := bytes.Repeat([]byte("longer than one RSA block "), 100)
	sealed, err := sealedsecret.Seal(rand.Reader, &key.PublicKey, name, value)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := sealedsecret.Open(key, name, sealed); err != nil || !bytes.Equal(plain, value) {
		t.Errorf("got %q, %v", plain, err)
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)-1] ^= 1
	const notOpened = "it is not encrypted for this key, namespace and name"
	for what, test := range map[string]struct {
		key         *rsa.PrivateKey
		name        sealedsecret.Name
		value, want string
	}{
		"another name":      {key, sealedsecret.Name{Namespace: "istio-system", Name: "other"}, sealed, notOpened},
		"another namespace": {key, sealedsecret.Name{Namespace: "default", Name: "cacerts"}, sealed, notOpened},
		"another key":       {newKey(t), name, sealed, notOpened},
		"changed":           {key, name, base64.StdEncoding.EncodeToString(raw), "it was changed"},
		"no base64":         {key, name, "?", "it is not a sealed value"},
		"empty":             {key, name, "", "it is not a sealed value"},
		"cut off":           {key, name, sealed[:100], "it is not a sealed value"},
	} {
		if _, err := sealedsecret.Open(test.key, test.name, test.value); fmt.Sprint(err) != test.want {
			t.Errorf("%s: got %v, want %s", what, err, test.want)
		}
	}
	again, err := sealedsecret.Seal(rand.Reader, &key.PublicKey, name, value)
	if err != nil || again == sealed {
		t.Errorf("the same value twice gives the same text, or %v", err)
	}
}

// A value has one form: no blanks, line breaks or loose bits in its base64, which a decoder ignores, and
// the size of an RSA key in front. What has another one is no ciphertext.
func TestIsSealed(t *testing.T) {
	key := newKey(t)
	sealed, err := sealedsecret.Seal(rand.Reader, &key.PublicKey, sealedsecret.Name{Namespace: "a", Name: "b"}, []byte("four"))
	if err != nil {
		t.Fatal(err)
	}
	encode := func(size, rest int) string {
		return base64.StdEncoding.EncodeToString(append([]byte{byte(size >> 8), byte(size)}, make([]byte, rest)...))
	}
	for what, test := range map[string]struct {
		value string
		want  bool
	}{
		"sealed":               {sealed, true},
		"RSA of 16384 bits":    {encode(2048, 2048+16), true},
		"empty":                {"", false},
		"a blank":              {sealed[:8] + " " + sealed[8:], false},
		"a line break":         {sealed[:8] + "\n" + sealed[8:], false},
		"CRLF at its end":      {sealed + "\r\n", false},
		"no padding":           {strings.TrimRight(encode(256, 256+16), "="), false},
		"loose bits":           {strings.TrimSuffix(encode(256, 256+17), "A=") + "B=", false},
		"of URLs":              {base64.URLEncoding.EncodeToString(append([]byte{1, 0}, bytes.Repeat([]byte{0xff}, 300)...)), false},
		"a small key":          {encode(128, 1000), false},
		"a key larger than it": {encode(512, 512), false},
		"a key of no size":     {encode(0, 1000), false},
		"a plain text":         {base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("SECRET"), 100)), false},
	} {
		if sealedsecret.IsSealed(test.value) != test.want {
			t.Errorf("%s: %s", what, test.value)
		}
		if _, err := sealedsecret.Open(key, sealedsecret.Name{}, test.value); !test.want && fmt.Sprint(err) != "it is not a sealed value" {
			t.Errorf("%s opens: %v", what, err)
		}
	}
}

// FuzzOpen: what is sealed has one form, and nothing else is tried.
func FuzzOpen(f *testing.F) {
	key := newKey(f)
	name := sealedsecret.Name{Namespace: "a", Name: "b"}
	sealed, err := sealedsecret.Seal(rand.Reader, &key.PublicKey, name, []byte("value"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add(sealed + "\n")
	f.Fuzz(func(t *testing.T, value string) {
		plain, err := sealedsecret.Open(key, name, value)
		if err == nil && (value != sealed || string(plain) != "value") {
			t.Errorf("another text opens: %q", value)
		}
		if raw, err := base64.StdEncoding.DecodeString(value); sealedsecret.IsSealed(value) && (err != nil || base64.StdEncoding.EncodeToString(raw) != value) {
			t.Errorf("a second form is sealed: %q", value)
		}
	})
}

func certificateOf(t *testing.T, private, public any) []byte {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestParseCertificate(t *testing.T) {
	key := newKey(t)
	good := certificateOf(t, key, &key.PublicKey)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	const one = "it must contain exactly one PEM certificate"
	for what, test := range map[string]struct {
		text []byte
		want string
	}{
		"good":    {good, "<nil>"},
		"none":    {nil, one},
		"two":     {append(bytes.Clone(good), good...), one},
		"a key":   {pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("SECRET")}), one},
		"damaged": {pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}), "the certificate cannot be parsed"},
		"no RSA":  {certificateOf(t, curve, &curve.PublicKey), "not the certificate of a SealedSecrets controller: it has no RSA key of 2048 bits or more"},
	} {
		if _, err := sealedsecret.ParseCertificate(test.text); fmt.Sprint(err) != test.want {
			t.Errorf("%s: got %v, want %s", what, err, test.want)
		}
	}
	certificate, err := sealedsecret.ParseCertificate(good)
	if err != nil {
		t.Fatal(err)
	}
	pin := sealedsecret.Fingerprint(certificate)
	if plain := "sha256:" + strings.ToLower(strings.ReplaceAll(pin, ":", "")); len(pin) != 95 || !sealedsecret.SameFingerprint(plain, pin) || sealedsecret.SameFingerprint(pin[:92], pin) {
		t.Errorf("fingerprint %s, %s", pin, plain)
	}
}

func TestParseKey(t *testing.T) {
	key := newKey(t)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range []*pem.Block{
		{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}, {Type: "PRIVATE KEY", Bytes: pkcs8},
	} {
		if parsed, err := sealedsecret.ParseKey(pem.EncodeToMemory(block)); err != nil || !parsed.Equal(key) {
			t.Errorf("%s: %v", block.Type, err)
		}
	}
	for _, text := range []string{"", "SECRET", "-----BEGIN PRIVATE KEY-----\nU0VDUkVU\n-----END PRIVATE KEY-----\n"} {
		if _, err := sealedsecret.ParseKey([]byte(text)); err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
