package mesh_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
)

// key is the same for the same name.
func key(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

// certificate is the same for the same name, as PEM.
func certificate(t *testing.T, name string) string {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key(name).Public(), key(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// privateKey is one as PEM.
func privateKey(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key("private"))
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func base64Of(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// TestAuthorities: however the certificates are written, the mesh has them in their plain form.
func TestAuthorities(t *testing.T) {
	a, b := certificate(t, "a"), certificate(t, "b")
	withHeaders := strings.Replace(a, "-----\n", "-----\nProc-Type: 4,PLAIN\n\n", 1)
	for name, test := range map[string]struct{ text, want string }{
		"one":                 {a, a},
		"several, in order":   {b + a + b, b + a + b},
		"text around":         {"subject=CN = a\n" + a + "between\n" + b + "token: abc\n", a + b},
		"headers":             {withHeaders, a},
		"CRLF":                {strings.ReplaceAll(a+b, "\n", "\r\n"), a + b},
		"no newline at end":   {strings.TrimSpace(a), a},
		"spaces behind lines": {strings.ReplaceAll(a, "\n", "  \n"), a},
		"byte order mark":     {"\ufeff" + a + b, a + b},
		"one long line":       {oneLine(a), a},
	} {
		t.Run(name, func(t *testing.T) {
			for form, api := range map[string]string{
				"file": "certificateAuthority: ca.crt",
				"data": "certificateAuthorityData: " + base64Of(test.text),
			} {
				clusters := mustRead(t, header+"  - name: east\n    api: {"+api+"}\n", map[string]string{"ca.crt": test.text})
				if diff := cmp.Diff(test.want, string(clusters[0].API.CertificateAuthorityData)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", form, diff)
				}
				if got := clusters[0].API.CertificateAuthority; got != "" {
					t.Errorf("%s: got path %q", form, got)
				}
			}
		})
	}
}

// oneLine has the base64 of a certificate on one line.
func oneLine(certificate string) string {
	lines := strings.Split(strings.TrimSpace(certificate), "\n")
	last := len(lines) - 1
	return lines[0] + "\n" + strings.Join(lines[1:last], "") + "\n" + lines[last] + "\n"
}

// TestAuthorityDataWithLineBreaks: base64 wraps its lines, and people paste it like that.
func TestAuthorityDataWithLineBreaks(t *testing.T) {
	want := certificate(t, "a")
	wrapped := ""
	for rest := base64Of(want); rest != ""; {
		length := min(76, len(rest))
		wrapped, rest = wrapped+"        "+rest[:length]+"\n", rest[length:]
	}
	clusters := mustRead(t, header+"  - name: east\n    api:\n      certificateAuthorityData: |\n"+wrapped, nil)
	if diff := cmp.Diff(want, string(clusters[0].API.CertificateAuthorityData)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, problems := read(header+"  - name: east\n    api:\n      certificateAuthorityData: >\n"+wrapped, nil)
	checkProblems(t, problems,
		"mesh.yaml:8: spec.clusters[0].api.certificateAuthorityData: Invalid value: must be base64 text",
		"hint: encode the file as base64, in quotes and on one line")
}

// TestAuthorityContent: what is no certificate is refused, and nothing of it is shown.
func TestAuthorityContent(t *testing.T) {
	good := certificate(t, "a")
	secret := privateKey(t)
	damaged := strings.Replace(good, "\n", "\n!", 1)
	const all, take = "must contain only PEM certificates: ", "add only the CERTIFICATE blocks of the API server's CA"
	const known = "remove the private key; if the file was shared, replace the key"
	for name, test := range map[string]struct{ text, want, hint string }{
		"a private key":           {secret, all + "it contains a private key", known},
		"a private key behind":    {good + secret, all + "it contains a private key", known},
		"a damaged private key":   {good + strings.Replace(secret, "\n", "\n!", 1), all + "it contains a private key", known},
		"a request":               {strings.ReplaceAll(good, "CERTIFICATE", "CERTIFICATE REQUEST"), all + "it is a certificate request, which a CA has not signed yet", "send it to the CA, and use the certificates that it issues"},
		"no certificate":          {string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("secret")})), "must contain certificates: block 1 cannot be parsed", take},
		"a damaged certificate":   {good + damaged, all + "a PEM block in it is damaged", "copy the file again"},
		"an indented certificate": {good + "  " + good, all + "its PEM blocks are indented, and readers ignore such blocks", "sed 's/^[[:space:]]*//' FILE >NEW"},
		"an unfinished one":       {good[:len(good)-20], all + "its last PEM block is truncated", "copy the whole file again"},
		"another text":            {"secret", "must contain a PEM certificate", take},
		"JSON":                    {`{"certificate": "secret"}`, all + "it is JSON", "jq -r .certificate FILE >NEW, with the name of the field that contains the PEM text"},
		"a page":                  {"<!doctype html><title>sign in</title>", all + "it is an HTML page", "download it again with curl --fail: the server sent a page, such as a sign-in form, instead of the file"},
		"twice base64":            {base64Of(good), all + "it is base64-encoded PEM, as in a Secret", "base64 -d FILE >NEW"},
		"DER":                     {string(der(t, good)), all + "it is a certificate as DER (.der, .cer)", "openssl x509 -inform der -in FILE -out NEW"},
		"a binary":                {"\x30\x82\x01\x00secret", all + "it is binary", "get it in PEM format, which is text"},
		"too large":               {strings.Repeat(good, 1+mesh.MaxSize/len(good)), "must not be larger than 4 MiB", take},
	} {
		t.Run(name, func(t *testing.T) {
			beside := map[string]string{"clusters/ca.crt": test.text}
			_, problems := read(header+"  - name: east\n    api:\n      certificateAuthority: clusters/ca.crt\n", beside)
			checkProblems(t, problems, `mesh.yaml:8: spec.clusters[0].api.certificateAuthority: Invalid value: "clusters/ca.crt": `+test.want, "hint: "+test.hint)
			if len(test.text) > mesh.MaxSize {
				return // would be too large for a mesh.yaml
			}
			_, problems = read(header+"  - name: east\n    api: {certificateAuthorityData: "+base64Of(test.text)+"}\n", nil)
			checkProblems(t, problems, "mesh.yaml:7: spec.clusters[0].api.certificateAuthorityData: Invalid value: "+test.want, "hint: "+test.hint)
		})
	}
}

func der(t *testing.T, text string) []byte {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		t.Fatal("no PEM")
	}
	return block.Bytes
}

func TestAuthorityEmptyFile(t *testing.T) {
	_, problems := read(header+"  - name: east\n    api: {certificateAuthority: ca.crt}\n", map[string]string{"ca.crt": ""})
	checkProblems(t, problems,
		`mesh.yaml:7: spec.clusters[0].api.certificateAuthority: Invalid value: "ca.crt": must contain only PEM certificates: it is empty`,
		"hint: use the file with the certificates")
}

func TestAuthorityPaths(t *testing.T) {
	const outside = "must be a relative path in the directory of mesh.yaml, with slashes and without '..'"
	for path, want := range map[string]string{
		"../ca.crt":          outside,
		"clusters/../ca.crt": outside,
		"./ca.crt":           outside,
		"/ca.crt":            outside,
		"clusters//ca.crt":   outside,
		"clusters/":          outside,
		"C:\\ca.crt":         "read file: file does not exist",
		"missing.crt":        "read file: file does not exist",
		"clusters":           "read file: invalid argument",
		".":                  "read file: invalid argument",
	} {
		t.Run(path, func(t *testing.T) {
			_, problems := read(header+"  - name: east\n    api: {certificateAuthority: '"+path+"'}\n", map[string]string{
				"ca.crt": certificate(t, "a"), "clusters/ca.crt": certificate(t, "a"),
			})
			checkProblems(t, problems,
				`mesh.yaml:7: spec.clusters[0].api.certificateAuthority: Invalid value: `+quoted(path)+": "+want,
				"hint: set the path of a PEM file in the directory of mesh.yaml, such as clusters/east-api.crt")
		})
	}
}

func quoted(text string) string { return `"` + strings.ReplaceAll(text, `\`, `\\`) + `"` }

// TestAuthorityLinks: a link inside the directory is followed, one that leads out of it is not.
func TestAuthorityLinks(t *testing.T) {
	outside, folder := t.TempDir(), t.TempDir()
	write(t, filepath.Join(outside, "ca.crt"), certificate(t, "outside"))
	write(t, filepath.Join(folder, "real.crt"), certificate(t, "inside"))
	link(t, filepath.Join(outside, "ca.crt"), filepath.Join(folder, "absolute.crt"))
	link(t, filepath.Join("..", filepath.Base(outside), "ca.crt"), filepath.Join(folder, "relative.crt"))
	link(t, "real.crt", filepath.Join(folder, "inside.crt"))
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	text := header + "  - {name: a, api: {certificateAuthority: inside.crt}}\n" +
		"  - {name: b, api: {certificateAuthority: absolute.crt}}\n" +
		"  - {name: c, api: {certificateAuthority: relative.crt}}\n"
	_, problems := mesh.Load(mesh.Source{Name: "mesh.yaml", Text: []byte(text), Files: root.FS()})
	const escapes = "read file: path escapes from parent"
	const hint = "hint: set the path of a PEM file in the directory of mesh.yaml, such as clusters/east-api.crt"
	checkProblems(t, problems,
		`mesh.yaml:7: spec.clusters[1].api.certificateAuthority: Invalid value: "absolute.crt": `+escapes, hint,
		`mesh.yaml:8: spec.clusters[2].api.certificateAuthority: Invalid value: "relative.crt": `+escapes, hint)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, file string) {
	t.Helper()
	if err := os.Symlink(target, file); err != nil {
		t.Skipf("this system makes no symbolic links: %v", err)
	}
}

// TestAuthorityIsReadOnce: the clusters of one owner often share their authority.
func TestAuthorityIsReadOnce(t *testing.T) {
	for name, content := range map[string]string{"good": certificate(t, "a"), "bad": "no certificate"} {
		t.Run(name, func(t *testing.T) {
			opened := map[string]int{}
			text := header + "  - {name: none}\n  - {name: a, api: {certificateAuthority: ca.crt}}\n  - {name: b, api: {certificateAuthority: ca.crt}}\n"
			folder := counted{files(map[string]string{"ca.crt": content}), opened}
			mesh.Load(mesh.Source{Name: "mesh.yaml", Text: []byte(text), Files: folder})
			if opened["ca.crt"] != 1 {
				t.Errorf("opened %d times, want once", opened["ca.crt"])
			}
		})
	}
}

// counted counts how often each file is opened.
type counted struct {
	fs.FS
	opened map[string]int
}

func (c counted) Open(name string) (fs.File, error) {
	c.opened[name]++
	return c.FS.Open(name)
}
