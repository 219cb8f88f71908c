package sshsig_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/sshsig"
)

const namespace = "kubectl-mesh.dev/exchange"

func signerOf(t testing.TB, key any) ssh.Signer {
	t.Helper()
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func newEd25519(t testing.TB) ssh.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return signerOf(t, key)
}

// securityKey signs as a FIDO authenticator does (PROTOCOL.u2f), with or without having been touched.
type securityKey struct {
	private ed25519.PrivateKey
	touched bool
}

const application = "ssh:"

func (k securityKey) PublicKey() ssh.PublicKey {
	key, err := ssh.ParsePublicKey(ssh.Marshal(struct {
		Type string
		Key  []byte
		App  string
	}{ssh.KeyAlgoSKED25519, k.private.Public().(ed25519.PublicKey), application}))
	if err != nil {
		panic(err)
	}
	return key
}

func (k securityKey) Sign(_ io.Reader, data []byte) (*ssh.Signature, error) {
	var flags byte
	if k.touched {
		flags = 1
	}
	app, message := sha256.Sum256([]byte(application)), sha256.Sum256(data)
	rest := binary.BigEndian.AppendUint32([]byte{flags}, 7)
	signed := append(append(append([]byte{}, app[:]...), rest...), message[:]...)
	return &ssh.Signature{Format: ssh.KeyAlgoSKED25519, Blob: ed25519.Sign(k.private, signed), Rest: rest}, nil
}

func TestSignAndVerify(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, signer := range map[string]ssh.Signer{
		"ed25519": newEd25519(t), "ecdsa": signerOf(t, ec), "security key": securityKey{private: private, touched: true},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := sshsig.Sign(signer, namespace, []byte("message"))
			if err != nil {
				t.Fatal(err)
			}
			signature, err := sshsig.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if err := signature.Verify([]byte("message")); err != nil {
				t.Error(err)
			}
			if signature.Verify([]byte("massage")) == nil {
				t.Error("another message verifies")
			}
			if signature.Namespace != namespace || signature.Fingerprint() != ssh.FingerprintSHA256(signer.PublicKey()) {
				t.Errorf("namespace %q, key %s", signature.Namespace, signature.Fingerprint())
			}
			signature.Namespace = "git"
			if signature.Verify([]byte("message")) == nil {
				t.Error("another namespace verifies")
			}
		})
	}
}

// TestUntouched: a program that holds the connection to a security key cannot sign alone.
func TestUntouched(t *testing.T) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text, err := sshsig.Sign(securityKey{private: private}, namespace, []byte("message"))
	if err != nil {
		t.Fatal(err)
	}
	signature, err := sshsig.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if signature.Verify([]byte("message")) == nil {
		t.Error("a signature without a touch verifies")
	}
}

func TestRSADoesNotSign(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, err = sshsig.Sign(signerOf(t, key), namespace, []byte("message"))
	const want = `SSH key of type "ssh-rsa": only ed25519, ecdsa, ed25519-sk and ecdsa-sk keys are supported`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestParseRefuses(t *testing.T) {
	text, err := sshsig.Sign(newEd25519(t), namespace, []byte("message"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(string(text),
		"-----BEGIN SSH SIGNATURE-----\n"), "-----END SSH SIGNATURE-----\n"), "\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	armored := func(raw []byte) string {
		return "-----BEGIN SSH SIGNATURE-----\n" + base64.StdEncoding.EncodeToString(raw) + "\n-----END SSH SIGNATURE-----\n"
	}
	version := append([]byte{}, raw...)
	version[9] = 2
	for name, test := range map[string]struct{ text, want string }{
		"nothing":         {"", "read SSH signature: not a single block -----BEGIN SSH SIGNATURE-----"},
		"text around it":  {string(text) + "more", "read SSH signature: not a single block -----BEGIN SSH SIGNATURE-----"},
		"two of them":     {string(text) + string(text), "read SSH signature: damaged"},
		"too long":        {string(text) + strings.Repeat(" ", 9000), "read SSH signature: too long"},
		"cut":             {armored(raw[:len(raw)-3]), "read SSH signature: damaged"},
		"other magic":     {armored(append([]byte("SSHGIS"), raw[6:]...)), "read SSH signature: damaged"},
		"another version": {armored(version), "read SSH signature: unknown version 2"},
		"PEM of another": {string(pem.EncodeToMemory(&pem.Block{Type: "SSH PRIVATE", Bytes: raw})),
			"read SSH signature: not a single block -----BEGIN SSH SIGNATURE-----"},
	} {
		if _, err := sshsig.Parse([]byte(test.text)); err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}

func TestParseAllowed(t *testing.T) {
	key := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(newEd25519(t).PublicKey())))
	allowed, err := sshsig.ParseAllowed([]byte("# sites\n\nnorth,late " + key + " comment with words\n" +
		`south valid-after="20260101",valid-before="202701011230Z",namespaces="git,` + namespace + `" ` + key + "\n"))
	if err != nil || len(allowed) != 2 {
		t.Fatal(allowed, err)
	}
	north, south := allowed[0], allowed[1]
	if diff := cmp.Diff([]string{"north", "late"}, north.Principals); diff != "" || north.Line != 3 || !north.For("git") {
		t.Errorf("line %d of %v", north.Line, north.Principals)
	}
	if !south.For(namespace) || south.For("file") {
		t.Errorf("namespaces %v", south.Namespaces)
	}
	if want := time.Date(2027, 1, 1, 12, 30, 0, 0, time.UTC); !south.ValidBefore.Equal(want) || south.ValidAfter.Year() != 2026 {
		t.Errorf("valid from %s until %s", south.ValidAfter, south.ValidBefore)
	}
}

// Where ssh-keygen takes a blank it takes a tab, too, and any line end.
func TestParseAllowedBlanks(t *testing.T) {
	key := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(newEd25519(t).PublicKey())))
	for _, line := range []string{"north\t" + key, "  north \t " + key + "\r\n", "\"north\"\t" + strings.ReplaceAll(key, " ", "\t")} {
		allowed, err := sshsig.ParseAllowed([]byte(line))
		if err != nil || len(allowed) != 1 || allowed[0].Principals[0] != "north" {
			t.Errorf("%q: got %v, %v", line, allowed, err)
		}
	}
}

func TestParseAllowedRefuses(t *testing.T) {
	key := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(newEd25519(t).PublicKey())))
	for line, want := range map[string]string{
		"north":                       "line 1: no key: the format is PRINCIPAL KEY-TYPE KEY",
		"* " + key:                    "line 1: the principal is a pattern: use the name of one site",
		"!north " + key:               "line 1: the principal is a pattern: use the name of one site",
		"north ssh-ed25519 AAAA":      "line 1: the key or an option cannot be parsed",
		"north cert-authority " + key: `line 1: unknown option "cert-authority"`,
		`north namespaces="*" ` + key: "line 1: namespaces is a pattern: use names of namespaces",
		`north valid-before="20200101",Valid-Before="20990101" ` + key: `line 1: duplicate option "valid-before"`,
		`north valid-before="tomorrow" ` + key:                         `line 1: "tomorrow" is not a time: use YYYYMMDD, or YYYYMMDDHHMMSSZ`,
	} {
		if _, err := sshsig.ParseAllowed([]byte(line)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", line, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	text, err := sshsig.Sign(newEd25519(f), namespace, []byte("message"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add("-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----")
	f.Fuzz(func(t *testing.T, text string) {
		signature, err := sshsig.Parse([]byte(text))
		if err == nil && signature.Verify([]byte("another message")) == nil {
			t.Error("it verifies a message that nobody signed")
		}
	})
}

func FuzzParseAllowed(f *testing.F) {
	f.Add(sshsig.Line("north", namespace, newEd25519(f).PublicKey()))
	f.Add(`north valid-before="20270101" ssh-ed25519 AAAA`)
	f.Fuzz(func(t *testing.T, text string) {
		allowed, err := sshsig.ParseAllowed([]byte(text))
		if err != nil {
			return
		}
		for _, line := range allowed {
			if line.Key == nil || len(line.Principals) == 0 || strings.ContainsAny(strings.Join(line.Principals, ""), "*?!") {
				t.Errorf("it allows %v", line)
			}
		}
	})
}
