package trust_test

import (
	"crypto/x509"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// openssl is the second opinion on everything that is made here.
func openssl(t *testing.T, args ...string) (string, error) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("SKIPPED: there is no openssl on PATH, so nobody but Go has looked at these certificates")
	}
	out, err := exec.CommandContext(t.Context(), "openssl", args...).CombinedOutput()
	return string(out), err
}

func write(t *testing.T, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// verify asks openssl for the way from a certificate over a chain to the roots.
func verify(t *testing.T, certificate *x509.Certificate, chain, roots []byte) (string, error) {
	t.Helper()
	return verifyAs(t, certificate, chain, roots, "-x509_strict")
}

// verifyAs has more of openssl's options.
func verifyAs(t *testing.T, certificate *x509.Certificate, chain, roots []byte, options ...string) (string, error) {
	t.Helper()
	args := slices.Concat([]string{"verify", "-no-CApath", "-no-CAstore", "-attime", strconv.FormatInt(noon().Unix(), 10)}, options,
		[]string{"-CAfile", write(t, roots), "-untrusted", write(t, chain), write(t, trust.EncodeCertificates(certificate))})
	return openssl(t, args...)
}

// wantWorkloads wants openssl to accept a workload below a bundle as a server and as a client, or to refuse
// it with an error in one of the two.
func wantWorkloads(t *testing.T, bundle trust.Bundle, signing forged, server, client string) {
	t.Helper()
	leaf := workload(t, signing.Certificate, keyOf(t, signing.signer))
	for purpose, want := range map[string]string{"sslserver": server, "sslclient": client} {
		out, err := verifyAs(t, leaf, bundle.Chain, bundle.Root, "-purpose", purpose)
		if (err == nil) != (want == "") || !strings.Contains(out, want) {
			t.Errorf("openssl says %v of a workload as %s, want %q\n%s", err, purpose, want, out)
		}
	}
}

// wantVerified wants the bundle accepted by openssl and by Check, and so a workload under it.
func wantVerified(t *testing.T, bundle trust.Bundle) {
	t.Helper()
	wantError(t, bundle.Check(noon()), "")
	signing, err := bundle.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	for _, certificate := range []*x509.Certificate{signing, workload(t, signing, bundle.Key)} {
		if out, err := verify(t, certificate, bundle.Chain, bundle.Root); err != nil {
			t.Errorf("openssl refuses %s: %v\n%s", certificate.Subject, err, out)
		}
	}
}

// workload is a certificate as istiod signs it.
func workload(t *testing.T, signing *x509.Certificate, key trust.Key) *x509.Certificate {
	t.Helper()
	return forge(t, &forged{signing, signerOf(t, key)}, "", func(c *x509.Certificate) {
		c.IsCA, c.KeyUsage = false, x509.KeyUsageDigitalSignature
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
		c.URIs = []*url.URL{{Scheme: "spiffe", Host: "shop.example", Path: "/ns/default/sa/cart"}}
		c.NotBefore = signing.NotBefore
	}).Certificate
}

func TestOpenSSLVerifiesEveryKindOfKey(t *testing.T) {
	kinds := []trust.KeyType{trust.P256, trust.P384, trust.RSA4096}
	keys := map[trust.KeyType]trust.Key{}
	for _, kind := range kinds {
		keys[kind] = newKey(t, kind)
	}
	for _, above := range kinds {
		root, err := trust.NewRoot("shop", newKey(t, above), 1, noon())
		if err != nil {
			t.Fatal(err)
		}
		for _, below := range kinds {
			t.Run(string(above+" over "+below), func(t *testing.T) {
				key := keys[below]
				wantVerified(t, trust.NewBundle(issue(t, root, ofCluster("east", 1), key), nil, rootPEM(root), key))
				wantVerified(t, trust.NewBundle(signRequest(t, root, key), nil, rootPEM(root), key))
			})
		}
	}
}

// signRequest takes the way over a request.
func signRequest(t *testing.T, root trust.Authority, key trust.Key) *x509.Certificate {
	t.Helper()
	request, err := trust.NewRequest(key, ofCluster("east", 1))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := openssl(t, "req", "-verify", "-noout", "-in", write(t, request)); err != nil {
		t.Errorf("openssl refuses the request: %v\n%s", err, out)
	}
	public, err := trust.ParseRequest(request)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := root.Issue(public, ofCluster("east", 1), noon())
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

func TestOpenSSLVerifiesOddChains(t *testing.T) {
	t.Run("several intermediates", func(t *testing.T) {
		root := forge(t, nil, "their root", nil)
		upper := forge(t, &root, "upper", nil)
		policy := forge(t, &upper, "policy", nil)
		key := newKey(t, trust.P256)
		signing := issue(t, policy.authority(t), ofCluster("east", 1), key)
		wantVerified(t, trust.NewBundle(signing, []*x509.Certificate{policy.Certificate, upper.Certificate}, root.pem(), key))
	})
	t.Run("names too long", func(t *testing.T) {
		what := ofCluster(strings.Repeat("é", 60), 12)
		what.Mesh = strings.Repeat("mesh-", 30)
		root, err := trust.NewRoot(what.Mesh, newKey(t, trust.P256), 12, noon())
		if err != nil {
			t.Fatal(err)
		}
		key := newKey(t, trust.P256)
		wantVerified(t, trust.NewBundle(issue(t, root, what, key), nil, rootPEM(root), key))
	})
	t.Run("several roots", func(t *testing.T) {
		older, newer := newRoot(t, 1), newRoot(t, 2)
		both := trust.AddRoot(rootPEM(older), newer.Certificate)
		for _, root := range []trust.Authority{older, newer} {
			bundle := newBundle(t, root, "east")
			bundle.Root = both
			wantVerified(t, bundle)
		}
	})
}

func TestOpenSSLRefusesAnotherRoot(t *testing.T) {
	mine, theirs := newRoot(t, 1), newRoot(t, 1) // of the same subject
	bundle := newBundle(t, mine, "east")
	bundle.Root = rootPEM(theirs)
	signing, err := bundle.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := verify(t, signing, bundle.Chain, bundle.Root); err == nil {
		t.Errorf("openssl accepts it: %s", out)
	}
	wantError(t, bundle.Check(noon()), "cannot verify the cert with the provided root chain and cert pool: another key named CN=shop root CA g1,O=shop"+
		" than the existing one (SHA-256 "+trust.Fingerprint(theirs.Certificate)+") signed CN=shop east g1,O=shop")
}

// TestPathLengthCountsForWorkloads asks openssl about a chain that istiod starts with.
func TestPathLengthCountsForWorkloads(t *testing.T) {
	root := forge(t, nil, "root", func(c *x509.Certificate) { c.MaxPathLenZero = true })
	signing := forge(t, &root, "signing", nil)
	bundle := under(t, root, signing)
	wantError(t, bundle.Check(noon()), "too many intermediates for path length constraint: istiod starts with it, but no peer accepts its certificates")
	out, err := verify(t, workload(t, signing.Certificate, keyOf(t, signing.signer)), bundle.Chain, bundle.Root)
	if err == nil || !strings.Contains(out, "path length constraint exceeded") {
		t.Errorf("openssl says %v\n%s", err, out)
	}
}
