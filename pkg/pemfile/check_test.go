package pemfile_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/pemfile"
)

const (
	certificate = "-----BEGIN CERTIFICATE-----\nQUFBQQ==\n-----END CERTIFICATE-----\n"
	key         = "-----BEGIN PRIVATE KEY-----\nQUFBQQ==\n-----END PRIVATE KEY-----\n"
	request     = "-----BEGIN CERTIFICATE REQUEST-----\nQUFBQQ==\n-----END CERTIFICATE REQUEST-----\n"
	parameters  = "-----BEGIN EC PARAMETERS-----\nQUFBQQ==\n-----END EC PARAMETERS-----\n"
)

// relabel makes a block of another type.
func relabel(text, label string) string {
	before, rest, _ := strings.Cut(text, "-----BEGIN ")
	old, _, _ := strings.Cut(rest, "-----")
	return before + strings.ReplaceAll("-----BEGIN "+rest, " "+old+"-----", " "+label+"-----")
}

func TestCheckAccepts(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want pemfile.Content
	}{
		"certificate":                   {certificate, pemfile.Certificates},
		"certificates with text around": {"# ours\n" + certificate + "\nsubject=CN = root\n" + certificate + "# until 2036", pemfile.Certificates},
		"line ends of DOS":              {strings.ReplaceAll(certificate, "\n", "\r\n"), pemfile.Certificates},
		"request":                       {request, pemfile.Request},
		"request of an older label":     {relabel(request, "NEW CERTIFICATE REQUEST"), pemfile.Request},
		"request behind a certificate":  {certificate + request, pemfile.Request},
		"key":                           {key, pemfile.PrivateKey},
		"key of PKCS#1":                 {relabel(key, "RSA PRIVATE KEY"), pemfile.PrivateKey},
		"key behind its parameters":     {parameters + relabel(key, "EC PRIVATE KEY"), pemfile.PrivateKey},
		"unknown text":                  {"apiVersion: kubectl-mesh.dev/v1alpha1\nkind: Mesh\n", pemfile.Certificates},
	} {
		t.Run(name, func(t *testing.T) {
			if err := pemfile.Check([]byte(c.text), c.want); err != nil {
				t.Errorf("got %q", err)
			}
		})
	}
}

func utf16(text string) string {
	var wide strings.Builder
	for _, r := range text {
		wide.WriteRune(r)
		wide.WriteByte(0)
	}
	return "\xff\xfe" + wide.String()
}

func encode(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func TestCheckNamesText(t *testing.T) {
	const wrong = "use the file with the certificates"
	object := "apiVersion: v1\nkind: Secret\ndata:\n  ca.crt: " + encode(certificate) + "\n"
	for _, c := range []struct {
		name, text, want, remedy string
	}{
		{"nothing", "", "it is empty", wrong},
		{"blank lines", " \n\n", "it is empty", wrong},
		{"byte order mark", "\uFEFF" + certificate, "it begins with a byte order mark, after which no PEM block is found",
			"save it as UTF-8 without a byte order mark, or: tail -c +4 FILE >NEW"},
		{"PowerShell", utf16(certificate), "it is UTF-16 text, as PowerShell's > writes it", "iconv -f UTF-16 -t UTF-8 FILE >NEW"},
		{"UTF-16 without a mark", utf16(certificate)[2:], "it is UTF-16 text, as PowerShell's > writes it", "iconv -f UTF-16 -t UTF-8 FILE >NEW"},
		{"sign-in form", "\n<!DOCTYPE html><html>", "it is an HTML page",
			"download it again with curl --fail: the server sent a page, such as a sign-in form, instead of the file"},
		{"fault of S3", `<?xml version="1.0"?><Error/>`, "it is an HTML page",
			"download it again with curl --fail: the server sent a page, such as a sign-in form, instead of the file"},
		{"JSON", `{"data": {"certificate": "abc"}}`, "it is JSON", "jq -r .certificate FILE >NEW, with the name of the field that contains the PEM text"},
		{"JSON with PEM in a string", `{"certificate": "` + strings.ReplaceAll(certificate, "\n", `\n`) + `"}`, `it is JSON`,
			"jq -r .certificate FILE >NEW, with the name of the field that contains the PEM text"},
		{"Secret", object, "it is a Kubernetes object", `extract one value: kubectl get secret NAME -o jsonpath='{.data.ca\.crt}' | base64 -d >NEW`},
		{"Secret with PEM in it", "apiVersion: v1\nkind: Secret\nstringData:\n  ca.crt: |\n    " + strings.ReplaceAll(certificate, "\n", "\n    "), "it is a Kubernetes object",
			`extract one value: kubectl get secret NAME -o jsonpath='{.data.ca\.crt}' | base64 -d >NEW`},
		{"value of a Secret", encode(certificate) + "\n", "it is base64-encoded PEM, as in a Secret", "base64 -d FILE >NEW"},
		{"key of a Secret", encode(key), "it is base64-encoded PEM, as in a Secret", "base64 -d FILE >NEW"},
		{"key of SSH", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA", "it is an SSH public key", wrong},
		{"ciphertext", "age-encryption.org/v1\n-> X25519 abc", "it is encrypted with age", "age --decrypt -o NEW FILE"},
		{"armored ciphertext", relabel(certificate, "AGE ENCRYPTED FILE"), "it is encrypted with age", "age --decrypt -o NEW FILE"},
		{"keystore", "\xfe\xed\xfe\xed\x00\x00\x00\x02", "it is a Java keystore", "keytool -exportcert -rfc -keystore FILE -alias NAME -file NEW"},
		{"ZIP", "PK\x03\x04\x00\x00", "it is an archive", "unpack it, and use the file in it"},
		{"gzip", "\x1f\x8b\x08\x00", "it is an archive", "unpack it, and use the file in it"},
		{"garbage", "\x00\x01\x02", "it is binary", "get it in PEM format, which is text"},
		{"cut off DER", "\x30\x82\x01\x00\x02\x01", "it is binary", "get it in PEM format, which is text"},
	} {
		t.Run(c.name, func(t *testing.T) { wantRefused(t, c.text, pemfile.Certificates, c.want, c.remedy) })
	}
}

func TestCheckNamesBlocks(t *testing.T) {
	const wrong = "use the file with the certificates"
	const pkcs7 = "openssl pkcs7 -print_certs -in FILE -out NEW"
	const known = "remove the private key; if the file was shared, replace the key"
	for _, c := range []struct {
		name, text, want, remedy string
	}{
		{"private key", key, "it contains a private key", known},
		{"private key behind", certificate + key, "it contains a private key", known},
		{"encrypted private key", relabel(key, "ENCRYPTED PRIVATE KEY"), "it contains a private key", known},
		{"damaged private key", certificate + key[:40], "it contains a private key", known},
		{"private key in JSON", `{"private_key": "` + strings.ReplaceAll(key, "\n", `\n`) + `"}`, "it contains a private key", known},
		{"request", request, "it is a certificate request, which a CA has not signed yet", "send it to the CA, and use the certificates that it issues"},
		{"request behind", certificate + request, "it is a certificate request, which a CA has not signed yet",
			"send it to the CA, and use the certificates that it issues"},
		{"PKCS#7", relabel(certificate, "PKCS7"), "it is PKCS#7 (.p7b, .p7c)", pkcs7},
		{"CMS", relabel(certificate, "CMS"), "it is PKCS#7 (.p7b, .p7c)", pkcs7},
		{"trusted certificate", relabel(certificate, "TRUSTED CERTIFICATE"),
			"it has a certificate in a PEM block whose type is not CERTIFICATE, which Go programs such as istiod ignore", "openssl x509 -in FILE -out NEW"},
		{"revocation list", certificate + relabel(certificate, "X509 CRL"), "it contains a revocation list", wrong},
		{"public key", relabel(certificate, "PUBLIC KEY"), "it is a public key", wrong},
		{"OpenPGP", relabel(certificate, "PGP MESSAGE"), "it is an OpenPGP file", wrong},
		{"another", relabel(certificate, "DH PARAMETERS"), "it has PEM blocks of another type", wrong},
		{"too many", strings.Repeat(certificate, 1001), "it has more than 1000 PEM blocks", wrong},
		{"line breaks written out", strings.ReplaceAll(certificate, "\n", `\n`), `it has \n instead of line breaks`, `printf '%b\n' "$(cat FILE)" >NEW`},
		{"indented", certificate + "  " + strings.ReplaceAll(certificate, "\n", "\n  "), "its PEM blocks are indented, and readers ignore such blocks",
			"sed 's/^[[:space:]]*//' FILE >NEW"},
		{"joined by cat", strings.TrimSpace(certificate) + certificate, "a PEM block begins in the middle of a line, and readers ignore such a block",
			"begin each block on a new line"},
		{"cut off", certificate + certificate[:40], "its last PEM block is truncated", "copy the whole file again"},
		{"damaged", certificate + strings.Replace(certificate, "QUFB", "Q!FB", 1), "a PEM block in it is damaged", "copy the file again"},
	} {
		t.Run(c.name, func(t *testing.T) { wantRefused(t, c.text, pemfile.Certificates, c.want, c.remedy) })
	}
}

func TestCheckNamesWhatIsNoKeyAndNoRequest(t *testing.T) {
	for _, c := range []struct {
		name, text   string
		content      pemfile.Content
		want, remedy string
	}{
		{"certificate for a key", certificate, pemfile.PrivateKey, "it is a certificate", "use the file with the private key"},
		{"certificate before a key", certificate + key, pemfile.PrivateKey, "it is a certificate", "use the file with the private key"},
		{"encrypted", relabel(key, "ENCRYPTED PRIVATE KEY"), pemfile.PrivateKey, "the private key is encrypted, which istiod cannot read",
			"openssl pkey -in FILE -out NEW"},
		{"encrypted in the older way", strings.Replace(relabel(key, "RSA PRIVATE KEY"), "-----\n", "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n", 1),
			pemfile.PrivateKey, "the private key is encrypted, which istiod cannot read", "openssl pkey -in FILE -out NEW"},
		{"OpenSSH", relabel(key, "OPENSSH PRIVATE KEY"), pemfile.PrivateKey, "it is a private key in OpenSSH format", "ssh-keygen -p -m PKCS8 -f FILE"},
		{"parameters alone", parameters, pemfile.PrivateKey, "it has PEM blocks of another type", "use the file with the private key"},
		{"parameters for certificates", parameters, pemfile.Certificates, "it contains key parameters", "use the file with the certificates"},
		{"parameters for a request", parameters, pemfile.Request, "it contains key parameters", "use the file that kubectl mesh ca request writes"},
		{"key cut off", key[:40], pemfile.PrivateKey, "its last PEM block is truncated", "copy the whole file again"},
		{"JSON for a key", `{}`, pemfile.PrivateKey, "it is JSON", "jq -r .private_key FILE >NEW, with the name of the field that contains the PEM text"},
		{"certificate for a request", certificate, pemfile.Request, "it is a certificate", "use the file that kubectl mesh ca request writes"},
		{"key for a request", key, pemfile.Request, "it contains a private key", "remove the private key; if the file was shared, replace the key"},
		{"key beside a request", request + key, pemfile.Request, "it contains a private key",
			"remove the private key; if the file was shared, replace the key"},
		{"JSON for a request", `[]`, pemfile.Request, "it is JSON", "jq -r .csr FILE >NEW, with the name of the field that contains the PEM text"},
	} {
		t.Run(c.name, func(t *testing.T) { wantRefused(t, c.text, c.content, c.want, c.remedy) })
	}
}

// wantRefused wants the text refused in these words, with this remedy.
func wantRefused(t *testing.T, text string, content pemfile.Content, want, remedy string) {
	t.Helper()
	err := pemfile.Check([]byte(text), content)
	var refused *pemfile.Error
	if !errors.As(err, &refused) || err.Error() != want || refused.Want != content || refused.Found == "" {
		t.Fatalf("got %+v, %q, want %q", refused, err, want)
	}
	if got := refused.Remedy(); got != remedy {
		t.Errorf("got the remedy %q, want %q", got, remedy)
	}
}

func TestHoldsPrivateKey(t *testing.T) {
	for text, want := range map[string]bool{key: true, key[:40]: true, relabel(key, "OPENSSH PRIVATE KEY"): true, certificate: false, "PRIVATE KEY": false} {
		if got := pemfile.HoldsPrivateKey(bytes.Clone([]byte(text))); got != want {
			t.Errorf("%q: got %t", text, got)
		}
	}
}
