package pemfile_test

import (
	"bytes"
	"context"
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
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/pemfile"
)

// identity is a certificate, its key, and a request for it.
type identity struct {
	certificate, request []byte // DER
	key                  *ecdsa.PrivateKey
}

func newIdentity(t *testing.T) identity {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "root"}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		t.Fatal(err)
	}
	return identity{certificate, request, key}
}

func (i identity) certificatePEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.certificate})
}

func (i identity) keyDER(t *testing.T) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(i.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func (i identity) keyPEM(t *testing.T) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: i.keyDER(t)})
}

// sh runs a command in a directory. It skips a test for a program that is missing.
func sh(t *testing.T, dir, command string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: needs a POSIX shell")
	}
	for _, program := range []string{"openssl", "keytool", "ssh-keygen", "jq", "iconv"} {
		if _, err := exec.LookPath(program); err != nil && strings.Contains(command, program+" ") {
			t.Skipf("SKIPPED: there is no %s on PATH, so nobody has tried this remedy", program)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-euc", command)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
}

// TestRemedies makes a file in each form with the program that makes such files, and has the remedy that
// is printed get PEM out of it.
func TestRemedies(t *testing.T) {
	const password = " -passin pass:x"
	none := func(remedy string) string { return remedy }
	with := func(old, replacement string) func(string) string {
		return func(remedy string) string { return strings.ReplaceAll(remedy, old, replacement) }
	}
	for _, c := range []struct {
		name  string
		want  pemfile.Content
		make  string // FILE out of c.pem, k.pem, r.pem and those as DER
		found pemfile.Format
		typed func(string) string // what a person adds to the remedy
	}{
		{"DER", pemfile.Certificates, "cp c.der FILE", pemfile.CertificateDER, none},
		{"DER of a request", pemfile.Request, "cp r.der FILE", pemfile.RequestDER, none},
		{"DER of a key", pemfile.PrivateKey, "cp k.der FILE", pemfile.KeyDER, none},
		{"DER of a key of SEC1", pemfile.PrivateKey, "openssl ec -in k.pem -outform der -out FILE", pemfile.KeyDER, none},
		{"DER of a key of PKCS#1", pemfile.PrivateKey, "openssl genrsa -traditional 2048 | openssl rsa -traditional -outform der -out FILE", pemfile.KeyDER, none},
		{"encrypted DER", pemfile.PrivateKey, "openssl pkcs8 -topk8 -in k.pem -outform der -passout pass:x -out FILE", pemfile.EncryptedKeyDER,
			with("pkey ", "pkey"+password+" ")},
		{"encrypted DER of PKCS#5 version 1", pemfile.PrivateKey, "openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES -in k.pem -outform der -passout pass:x -out FILE",
			pemfile.EncryptedKeyDER, with("pkey ", "pkey"+password+" ")},
		{"PKCS#7", pemfile.Certificates, "openssl crl2pkcs7 -nocrl -certfile c.pem -out FILE", pemfile.PKCS7PEM, none},
		{"PKCS#7 as DER", pemfile.Certificates, "openssl crl2pkcs7 -nocrl -certfile c.pem -outform der -out FILE", pemfile.PKCS7DER, none},
		{"PKCS#12", pemfile.Certificates, "openssl pkcs12 -export -in c.pem -inkey k.pem -passout pass:x -out FILE", pemfile.PKCS12, with("pkcs12 ", "pkcs12"+password+" ")},
		{"key of PKCS#12", pemfile.PrivateKey, "openssl pkcs12 -export -in c.pem -inkey k.pem -passout pass:x -out FILE", pemfile.PKCS12, with("pkcs12 ", "pkcs12"+password+" ")},
		{"encrypted key", pemfile.PrivateKey, "openssl pkcs8 -topk8 -in k.pem -passout pass:x -out FILE", pemfile.EncryptedKeyPEM, with("pkey ", "pkey"+password+" ")},
		{"encrypted key, traditional", pemfile.PrivateKey, "openssl ec -in k.pem -aes128 -passout pass:x -out FILE", pemfile.EncryptedKeyPEM, with("pkey ", "pkey"+password+" ")},
		{"trusted certificate", pemfile.Certificates, "openssl x509 -in c.pem -trustout -out FILE", pemfile.TrustedPEM, none},
		{"key of OpenSSH", pemfile.PrivateKey, "ssh-keygen -q -t ecdsa -N '' -f FILE", pemfile.OpenSSHKeyPEM, with("FILE", "FILE -N '' -P '' -q && cp FILE NEW")},
		{"keystore", pemfile.Certificates, "keytool -importcert -noprompt -storetype jks -keystore FILE -storepass changeit -alias NAME -file c.pem 2>&1",
			pemfile.Keystore, with("-exportcert", "-exportcert -storepass changeit")},
		{"JSON", pemfile.Certificates, "jq -Rs '{certificate: .}' c.pem >FILE", pemfile.JSON, with(", with the name of the field that contains the PEM text", "")},
		{"JSON with a key", pemfile.PrivateKey, "jq -Rs '{private_key: .}' k.pem >FILE", pemfile.JSON, with(", with the name of the field that contains the PEM text", "")},
		{"JSON with a request", pemfile.Request, "jq -Rs '{csr: .}' r.pem >FILE", pemfile.JSON, with(", with the name of the field that contains the PEM text", "")},
		{"base64 of PEM", pemfile.Certificates, "base64 c.pem >FILE", pemfile.Base64PEM, none},
		{"base64 of DER", pemfile.Certificates, "openssl base64 -A -in c.der -out FILE", pemfile.Base64DER, none},
		{"base64 of DER of a key", pemfile.PrivateKey, "openssl base64 -A -in k.der -out FILE", pemfile.Base64DER, none},
		{"base64 of DER of a request", pemfile.Request, "openssl base64 -A -in r.der -out FILE", pemfile.Base64DER, none},
		{"byte order mark", pemfile.Certificates, `{ printf '\357\273\277'; cat c.pem; } >FILE`, pemfile.ByteOrderMark, with("save it as UTF-8 without a byte order mark, or: ", "")},
		{"UTF-16", pemfile.Certificates, "iconv -f UTF-8 -t UTF-16 c.pem >FILE", pemfile.UTF16, none},
		{"line breaks written out", pemfile.Certificates, `awk -v ORS='\\n' 1 c.pem >FILE`, pemfile.EscapedLines, none},
		{"indented", pemfile.Certificates, "sed 's/^/    /' c.pem >FILE", pemfile.Indented, none},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := workbench(t)
			sh(t, dir, c.make)
			err := check(t, dir, "FILE", c.want)
			var refused *pemfile.Error
			if !errors.As(err, &refused) || refused.Found != c.found {
				t.Fatalf("got %v, want %s", err, c.found)
			}
			sh(t, dir, c.typed(refused.Remedy()))
			if err := check(t, dir, "NEW", c.want); err != nil {
				t.Errorf("after %s: %v", c.typed(refused.Remedy()), err)
			}
		})
	}
}

// workbench has the same certificate, key and request as PEM and as DER.
func workbench(t *testing.T) string {
	t.Helper()
	dir, i := t.TempDir(), newIdentity(t)
	for name, text := range map[string][]byte{
		"c.der": i.certificate, "c.pem": i.certificatePEM(), "k.der": i.keyDER(t), "k.pem": i.keyPEM(t),
		"r.der": i.request, "r.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: i.request}),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// check reads a file, and wants one that is accepted to hold what was made, or a key at least.
func check(t *testing.T, dir, name string, want pemfile.Content) error {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := pemfile.Check(text, want); err != nil {
		return err
	}
	label := map[pemfile.Content]string{pemfile.Certificates: "CERTIFICATE", pemfile.Request: "CERTIFICATE REQUEST", pemfile.PrivateKey: "PRIVATE KEY"}[want]
	block, _ := pem.Decode(text)
	if block == nil || !strings.HasSuffix(block.Type, label) {
		t.Fatalf("no block of type %s in\n%s", label, text)
	}
	if made, err := os.ReadFile(filepath.Join(dir, "c.der")); want == pemfile.Certificates && (err != nil || !bytes.Equal(made, block.Bytes)) {
		t.Errorf("another certificate came out, %v", err)
	}
	return nil
}

// TestCheckNamesDER has no remedy to try: what is wanted is not in these files.
func TestCheckNamesDER(t *testing.T) {
	i := newIdentity(t)
	public, err := x509.MarshalPKIXPublicKey(crypto.PublicKey(&i.key.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	authority, err := x509.ParseCertificate(i.certificate)
	if err != nil {
		t.Fatal(err)
	}
	authority.KeyUsage, authority.SubjectKeyId = x509.KeyUsageCRLSign, []byte{1}
	list, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), NextUpdate: time.Unix(1<<32, 0)}, authority, i.key)
	if err != nil {
		t.Fatal(err)
	}
	const wrong = "use the file with the certificates"
	wantRefused(t, string(public), pemfile.Certificates, "it is a public key as DER", wrong)
	wantRefused(t, string(list), pemfile.Certificates, "it is a revocation list as DER (.crl)", wrong)
	wantRefused(t, string(i.keyDER(t)), pemfile.Certificates, "it is a private key as DER", wrong)
	wantRefused(t, string(i.request), pemfile.Certificates, "it is a certificate request as DER", wrong)
	wantRefused(t, string(i.certificate), pemfile.PrivateKey, "it is a certificate as DER (.der, .cer)", "use the file with the private key")
}
