package trust_test

import (
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"
	"unicode"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// wantPlain wants an error short, and without anything that a terminal obeys.
func wantPlain(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) || len(line) > 2000 {
			t.Errorf("error of %d bytes: %q", len(line), line)
		}
	}
}

// wantNoneOf wants no run of 12 letters of a PEM body in an error. Words that are no secret, like the
// label of the block, may stand in both.
func wantNoneOf(t *testing.T, err error, text []byte, words string) {
	t.Helper()
	if err == nil {
		return
	}
	const run = 12
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		words += block.Type
		body := base64.StdEncoding.EncodeToString(block.Bytes)
		for i := 0; i+run <= len(body); i++ {
			if part := body[i : i+run]; strings.Contains(err.Error(), part) && !strings.Contains(words, part) {
				t.Fatalf("%q is in %q", part, err)
			}
		}
	}
}

func seeds(f *testing.F) {
	fam := newFamily(f)
	bundle := fam.bundle(f)
	for _, text := range [][]byte{
		nil, pkcs8(f, fam.signing.signer), append(parameters(), pkcs8(f, fam.signing.signer)...), bundle.Chain, crlf(bundle.Chain), bundle.Chain[:300],
		requestOf(f, fam.signing.signer), block("PRIVATE KEY", []byte("0123456789abcdef")), block("\x1b[2J", nil), block("CERTIFICATE", fam.root.Raw[:100]),
	} {
		f.Add(text)
	}
}

func FuzzParseKey(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		key, err := trust.ParseKey(text)
		wantPlain(t, err)
		wantNoneOf(t, err, text, "")
		if err == nil {
			wantAgain(t, key)
		}
	})
}

// wantAgain wants what was read to come out, and to be read again.
func wantAgain(t *testing.T, key trust.Key) {
	t.Helper()
	text, err := key.PEM()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trust.ParseKey(text); err != nil {
		t.Fatal(err)
	}
}

func FuzzParseCertificates(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := trust.ParseCertificates(text)
		wantPlain(t, err)
		if len(all) > 64 || (err == nil) != (len(all) > 0) {
			t.Fatalf("%d certificates, %v", len(all), err)
		}
		for _, certificate := range all {
			about := trust.Describe("east", certificate)
			if strings.ContainsFunc(about.Subject+about.Issuer, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Fatalf("%q", about.Subject+about.Issuer)
			}
		}
		if again, err := trust.ParseCertificates(trust.EncodeCertificates(all...)); len(all) > 0 && (err != nil || len(again) != len(all)) {
			t.Fatalf("%d certificates after %d, %v", len(again), len(all), err)
		}
	})
}

func FuzzParseRequest(f *testing.F) {
	seeds(f)
	root := newRoot(f, 1)
	f.Fuzz(func(t *testing.T, text []byte) {
		public, err := trust.ParseRequest(text)
		wantPlain(t, err)
		if err != nil {
			return
		}
		if _, err := root.Issue(public, ofCluster("east", 1), noon()); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzFromFiles(f *testing.F) {
	bundle := newFamily(f).bundle(f)
	key, err := bundle.Key.PEM()
	if err != nil {
		f.Fatal(err)
	}
	f.Add("ca-key.pem", bundle.CACert, key, bundle.Chain, bundle.Root)
	f.Add("tls.crt", bundle.CACert, bundle.Chain, bundle.Chain, bundle.Root)
	f.Add("\x1b[2J", bundle.CACert, []byte(nil), bundle.Chain, crlf(bundle.Root))
	f.Fuzz(func(t *testing.T, name string, certificate, more, chain, root []byte) {
		files := map[string][]byte{trust.CACertFile: certificate, trust.CertChainFile: chain, trust.RootCertFile: root, trust.TLSRootFile: root, name: more}
		bundle, err := trust.FromFiles(files)
		wantPlain(t, err)
		wantNoneOf(t, err, more, name)
		if err != nil {
			return
		}
		wantPlain(t, bundle.Check(noon()))
		if bundle.Check(noon()) == nil && !bundle.Trusts(bundle) {
			t.Fatal("a good bundle does not believe itself")
		}
	})
}
