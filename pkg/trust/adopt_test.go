package trust_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

func TestFromFilesReadsBothLayouts(t *testing.T) {
	f := newFamily(t)
	want := f.bundle(t)
	key := pkcs8(t, f.signing.signer)
	ours := want.Public()
	ours[trust.CAKeyFile] = key
	tls := map[string][]byte{trust.TLSCertFile: want.Chain, trust.TLSKeyFile: key, trust.TLSRootFile: want.Root}
	both := maps.Clone(ours) // tls.crt counts, as it does for istiod
	maps.Copy(both, tls)
	both[trust.RootCertFile] = newRootPEM(t)
	for name, files := range map[string]map[string][]byte{"Istio's": ours, "TLS": tls, "both": both} {
		t.Run(name, func(t *testing.T) {
			got, err := trust.FromFiles(files)
			if err != nil {
				t.Fatal(err)
			}
			wantError(t, got.Check(noon()), "")
			if !bytes.Equal(got.CACert, want.CACert) || !bytes.Equal(got.Chain, want.Chain) || !bytes.Equal(got.Root, want.Root) || got.Key.IsZero() {
				t.Error("the bundle is another one")
			}
		})
	}
	delete(ours, trust.CAKeyFile)
	if got, err := trust.FromFiles(ours); err != nil || !got.Key.IsZero() {
		t.Errorf("without a key: %v, %v", got.Key, err)
	}
}

func TestFromFilesKeepsBytes(t *testing.T) {
	f := newFamily(t)
	files := f.bundle(t).Public()
	files[trust.RootCertFile] = crlf(append([]byte("# ours\n"), f.root.pem()...))
	got, err := trust.FromFiles(files)
	if err != nil || !bytes.Equal(got.Root, files[trust.RootCertFile]) {
		t.Errorf("got %v,\n%s", err, got.Root)
	}
}

func TestFromFilesRefuses(t *testing.T) {
	f := newFamily(t)
	with := func(changes map[string][]byte) map[string][]byte {
		files := f.bundle(t).Public()
		maps.Copy(files, changes)
		return files
	}
	many := map[string][]byte{"a\x1b[31m": nil}
	for i := range 20 {
		many[fmt.Sprintf("b%02d", i)] = nil
	}
	for _, c := range []struct {
		name  string
		files map[string][]byte
		want  string
	}{
		{"nothing", nil, "incomplete signing CA bundle detected: ca-cert.pem, cert-chain.pem, root-cert.pem missing; found no files"},
		{"no chain", with(map[string][]byte{trust.CertChainFile: nil}),
			"incomplete signing CA bundle detected: cert-chain.pem missing; found ca-cert.pem, cert-chain.pem, root-cert.pem"},
		{"root of the other layout", map[string][]byte{trust.TLSCertFile: f.signing.pem()}, "incomplete signing CA bundle detected: ca.crt missing; found tls.crt"},
		{"empty key", with(map[string][]byte{trust.CAKeyFile: nil}), "failed to parse private key PEM: invalid PEM-encoded key: it is empty"},
		{"encrypted key", with(map[string][]byte{trust.CAKeyFile: block("ENCRYPTED PRIVATE KEY", nil)}),
			"failed to parse private key PEM: the private key is encrypted, which istiod cannot read"},
		{"empty tls.crt", map[string][]byte{trust.TLSCertFile: nil}, "read tls.crt: invalid PEM encoded certificate: it is empty"},
		{"names of others", many, "incomplete signing CA bundle detected: ca-cert.pem, cert-chain.pem, root-cert.pem missing; " +
			"found a?[31m, b00, b01, b02, b03, b04, b05, b06, 13 more"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := trust.FromFiles(c.files)
			wantError(t, err, c.want)
		})
	}
}

func TestAssembleOrdersAnAnswer(t *testing.T) {
	root := forge(t, nil, "root", nil)
	upper := forge(t, &root, "upper", nil)
	policy := forge(t, &upper, "policy", nil)
	signing := forge(t, &policy, "signing", nil)
	want := trust.EncodeCertificates(signing.Certificate, policy.Certificate, upper.Certificate)
	answer := []*x509.Certificate{signing.Certificate, policy.Certificate, upper.Certificate, root.Certificate}
	for _, order := range permutations(answer) {
		bundle, err := trust.Assemble(order, signing.signer.Public(), root.pem(), keyOf(t, signing.signer))
		if err != nil {
			t.Fatal(err)
		}
		wantError(t, bundle.Check(noon()), "")
		if !bytes.Equal(bundle.Chain, want) || !bytes.Equal(bundle.CACert, signing.pem()) {
			t.Errorf("the chain is\n%s", bundle.Chain)
		}
	}
	if roots := trust.RootsAmong(answer); len(roots) != 1 || !roots[0].Equal(root.Certificate) {
		t.Errorf("%d roots", len(roots))
	}
}

func permutations(all []*x509.Certificate) [][]*x509.Certificate {
	if len(all) <= 1 {
		return [][]*x509.Certificate{all}
	}
	var out [][]*x509.Certificate
	for i, first := range all {
		for _, rest := range permutations(slices.Delete(slices.Clone(all), i, i+1)) {
			out = append(out, append([]*x509.Certificate{first}, rest...))
		}
	}
	return out
}

// TestAssembleEnds has two authorities that have signed each other.
func TestAssembleEnds(t *testing.T) {
	one := forge(t, nil, "one", nil)
	two := forge(t, nil, "two", nil)
	oneByTwo, twoByOne := forgeFor(t, &two, one.signer, "one", nil), forgeFor(t, &one, two.signer, "two", nil)
	signing := forge(t, &one, "signing", nil)
	bundle, err := trust.Assemble([]*x509.Certificate{oneByTwo.Certificate, twoByOne.Certificate, signing.Certificate}, signing.signer.Public(), one.pem(), trust.Key{})
	wantError(t, err, "")
	wantError(t, bundle.Check(noon()), "")
	if want := trust.EncodeCertificates(signing.Certificate, oneByTwo.Certificate, twoByOne.Certificate); !bytes.Equal(bundle.Chain, want) {
		t.Errorf("the chain is\n%s", bundle.Chain)
	}
}

func TestAssembleRefuses(t *testing.T) {
	f := newFamily(t)
	const other = "the cert does not match the key: no certificate is for the key of the request"
	for name, c := range map[string]struct {
		answer []*x509.Certificate
		public crypto.PublicKey
	}{
		"key of another": {[]*x509.Certificate{f.policy.Certificate}, f.signing.signer.Public()},
		"nothing":        {nil, f.signing.signer.Public()},
		"no key":         {[]*x509.Certificate{f.policy.Certificate}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := trust.Assemble(c.answer, c.public, f.root.pem(), trust.Key{})
			wantError(t, err, other)
		})
	}
	t.Run("link missing", func(t *testing.T) {
		bundle, err := trust.Assemble([]*x509.Certificate{f.signing.Certificate, f.root.Certificate}, f.signing.signer.Public(), f.root.pem(), trust.Key{})
		wantError(t, err, "")
		wantError(t, bundle.Check(noon()), "cannot verify the cert with the provided root chain and cert pool: CN=policy signed CN=signing, but is neither in cert-chain.pem nor in root-cert.pem, which contains CN=root")
	})
}

// TestMakefileOfIstio makes what the Makefile in istio's tools/certs makes: usages of a leaf beside
// certSign, no limit of the root's path, no authority key ID, the root at the end of the chain.
func TestMakefileOfIstio(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	config := func(name, constraints, subject, more string) {
		text := "[req]\nprompt=no\nencrypt_key=no\ndistinguished_name=dn\n[dn]\nO=Istio\n" + subject +
			"\n[ext]\nsubjectKeyIdentifier=hash\nbasicConstraints=critical,CA:true" + constraints +
			"\nkeyUsage=critical,digitalSignature,nonRepudiation,keyEncipherment,keyCertSign\n" + more
		if err := os.WriteFile(in(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config("root.conf", "", "CN=Root CA", "")
	config("east.conf", ",pathlen:0", "CN=Intermediate CA\nL=east", "subjectAltName=DNS:istiod.istio-system.svc\n")
	for _, args := range [][]string{
		{"genrsa", "-out", in("root.key"), "2048"},
		{"genrsa", "-traditional", "-out", in("east.key"), "2048"},
		{"req", "-sha256", "-new", "-key", in("root.key"), "-config", in("root.conf"), "-out", in("root.csr")},
		{"x509", "-req", "-sha256", "-days", "3650", "-signkey", in("root.key"), "-extensions", "ext", "-extfile", in("root.conf"), "-in", in("root.csr"), "-out", in("root.pem")},
		{"req", "-sha256", "-new", "-key", in("east.key"), "-config", in("east.conf"), "-out", in("east.csr")},
		{"x509", "-req", "-sha256", "-days", "3650", "-CA", in("root.pem"), "-CAkey", in("root.key"), "-CAcreateserial", "-extensions", "ext", "-extfile", in("east.conf"),
			"-in", in("east.csr"), "-out", in("east.pem")},
	} {
		if out, err := openssl(t, args...); err != nil {
			t.Fatalf("openssl %v: %v\n%s", args, err, out)
		}
	}
	files := map[string][]byte{}
	for name, parts := range map[string][]string{
		trust.CACertFile: {"east.pem"}, trust.CAKeyFile: {"east.key"}, trust.CertChainFile: {"east.pem", "root.pem"}, trust.RootCertFile: {"root.pem"},
	} {
		for _, part := range parts {
			text, err := os.ReadFile(in(part))
			if err != nil {
				t.Fatal(err)
			}
			files[name] = append(files[name], text...)
		}
	}
	bundle, err := trust.FromFiles(files)
	if err != nil {
		t.Fatal(err)
	}
	signing, err := bundle.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, bundle.Check(signing.NotBefore), "") // openssl has its own clock
	if got := trust.Describe("east", signing).Subject; got != "CN=Intermediate CA,O=Istio,L=east" {
		t.Errorf("the subject is %q", got)
	}
}
