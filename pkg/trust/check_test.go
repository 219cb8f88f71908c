package trust_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// family is a root of others with two levels below it.
type family struct{ root, policy, signing forged }

func newFamily(t testing.TB) family {
	t.Helper()
	root := forge(t, nil, "root", nil)
	policy := forge(t, &root, "policy", nil)
	return family{root, policy, forge(t, &policy, "signing", nil)}
}

func (f family) bundle(t testing.TB) trust.Bundle {
	t.Helper()
	return trust.NewBundle(f.signing.Certificate, []*x509.Certificate{f.policy.Certificate}, f.root.pem(), keyOf(t, f.signing.signer))
}

// under is a bundle of a certificate that is directly below a root.
func under(t testing.TB, root, signing forged) trust.Bundle {
	t.Helper()
	return trust.NewBundle(signing.Certificate, nil, root.pem(), trust.Key{})
}

func TestCheckAccepts(t *testing.T) {
	f := newFamily(t)
	for name, change := range map[string]func(*trust.Bundle){
		"as made":                  func(*trust.Bundle) {},
		"without the key":          func(b *trust.Bundle) { b.Key = trust.Key{} },
		"root at the chain's end":  func(b *trust.Bundle) { b.Chain = append(b.Chain, f.root.pem()...) },
		"one more in the chain":    func(b *trust.Bundle) { b.Chain = append(b.Chain, rootPEM(newRoot(t, 7))...) },
		"several roots":            func(b *trust.Bundle) { b.Root = trust.AddRoot(b.Root, newRoot(t, 2).Certificate) },
		"chain in ca-cert.pem":     func(b *trust.Bundle) { b.CACert = b.Chain },
		"text between":             func(b *trust.Bundle) { b.Root = append([]byte("# our root\nsubject=CN = root\n\n"), b.Root...) },
		"line ends of DOS":         func(b *trust.Bundle) { b.CACert, b.Chain, b.Root = crlf(b.CACert), crlf(b.Chain), crlf(b.Root) },
		"without the last newline": func(b *trust.Bundle) { b.Root = bytes.TrimSpace(b.Root) },
	} {
		t.Run(name, func(t *testing.T) {
			bundle := f.bundle(t)
			change(&bundle)
			wantError(t, bundle.Check(noon()), "")
		})
	}
	t.Run("the root signs itself", func(t *testing.T) {
		wantError(t, under(t, f.root, f.root).Check(noon()), "")
	})
}

func TestCheckRefusesFiles(t *testing.T) {
	f := newFamily(t)
	secret := pkcs8(t, p256(t))
	headers := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Headers: map[string]string{"Name": "root"}, Bytes: f.root.Raw})
	for _, c := range []struct {
		name   string
		change func(*trust.Bundle)
		want   string
	}{
		{"no certificate", func(b *trust.Bundle) { b.CACert = nil }, "incomplete signing CA bundle detected: ca-cert.pem missing"},
		{"no chain", func(b *trust.Bundle) { b.Chain = []byte("\n") }, "incomplete signing CA bundle detected: cert-chain.pem missing"},
		{"no root", func(b *trust.Bundle) { b.Root = nil }, "incomplete signing CA bundle detected: root-cert.pem missing"},
		{"nothing", func(b *trust.Bundle) { *b = trust.Bundle{} }, "incomplete signing CA bundle detected: ca-cert.pem, cert-chain.pem, root-cert.pem missing"},
		{"no PEM", func(b *trust.Bundle) { b.CACert, b.Root = []byte("certificate"), []byte("x") },
			"ca-cert.pem: invalid PEM encoded certificate\nroot-cert.pem: invalid PEM encoded certificate"},
		{"private key", func(b *trust.Bundle) { b.Root = append(b.Root, secret...) },
			"root-cert.pem: the file contains a private key, which does not belong here"},
		{"damaged private key", func(b *trust.Bundle) { b.Root = append(b.Root, secret[:60]...) },
			"root-cert.pem: the file contains a private key, which does not belong here"},
		{"damaged root", func(b *trust.Bundle) { b.Root = append(b.Root, b.Root[:200]...) },
			"root-cert.pem: invalid PEM encoded certificate: its last PEM block is truncated"},
		{"byte order mark", func(b *trust.Bundle) { b.Root = slices.Concat([]byte("\uFEFF"), b.Root, b.Root) },
			"root-cert.pem: invalid PEM encoded certificate: it begins with a byte order mark, after which no PEM block is found"},
		{"headers", func(b *trust.Bundle) { b.Root = headers },
			"root-cert.pem: failed to parse X.509 certificate 1: the PEM block has headers, and istiod ignores such blocks"},
		{"another block", func(b *trust.Bundle) { b.Chain = append(b.Chain, block("TRUSTED CERTIFICATE", nil)...) },
			"cert-chain.pem: invalid PEM encoded certificate: it has a certificate in a PEM block whose type is not CERTIFICATE, which Go programs such as istiod ignore"},
		{"no certificate inside", func(b *trust.Bundle) { b.CACert = block("CERTIFICATE", []byte("x")) },
			"ca-cert.pem: failed to parse X.509 certificate 1: x509: malformed certificate"},
		{"too many", func(b *trust.Bundle) { b.Root = bytes.Repeat(b.Root, 65) }, "root-cert.pem: more than 64 certificates"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bundle := f.bundle(t)
			c.change(&bundle)
			wantError(t, bundle.Check(noon()), c.want)
		})
	}
}

// TestCheckRefusesChains has istiod's words at the beginning of what it says.
func TestCheckRefusesChains(t *testing.T) {
	f := newFamily(t)
	other := newFamily(t)
	below := func(change func(*x509.Certificate)) trust.Bundle {
		return under(t, f.root, forge(t, &f.root, "bad", change))
	}
	pathless := forge(t, nil, "pathless", func(c *x509.Certificate) { c.MaxPathLenZero = true })
	expired := forge(t, nil, "old", func(c *x509.Certificate) { c.NotAfter = noon().Add(-time.Minute) })
	for _, c := range []struct {
		name   string
		bundle trust.Bundle
		want   string
	}{
		{"key of another", trust.NewBundle(f.policy.Certificate, nil, f.root.pem(), keyOf(t, other.policy.signer)),
			"the cert does not match the key: private key does not match public key"},
		{"leaf", below(func(c *x509.Certificate) { c.IsCA = false }), "certificate is not authorized to sign other certificates"},
		{"key usage of a leaf", below(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }),
			"certificate is not authorized to sign other certificates"},
		{"expired", below(func(c *x509.Certificate) { c.NotAfter = noon().Add(-time.Second) }),
			"cert chain has expired: certificate 1 (CN=bad) on 2026-03-01"},
		{"not yet valid", below(func(c *x509.Certificate) { c.NotBefore = noon().Add(time.Second) }),
			"certificate 1 of the chain (CN=bad) is not valid before 2026-03-01"},
		{"expired root", under(t, expired, forge(t, &expired, "below", nil)),
			"cannot verify the cert with the provided root chain and cert pool: x509: certificate has expired or is not yet valid: " +
				"current time 2026-03-01T12:00:00Z is after 2026-03-01T11:59:00Z"},
		{"path length", under(t, pathless, forge(t, &pathless, "below", nil)),
			"too many intermediates for path length constraint: istiod starts with it, but no peer accepts its certificates"},
		{"path length further up", tooLong(t), "cannot verify the cert with the provided root chain and cert pool: x509: too many intermediates for path length constraint"},
		{"link missing", trust.NewBundle(f.signing.Certificate, nil, f.root.pem(), trust.Key{}),
			"cannot verify the cert with the provided root chain and cert pool: CN=policy signed CN=signing, but is neither in cert-chain.pem nor in root-cert.pem, which contains CN=root"},
		{"usage of clients only", below(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }),
			"CN=bad cannot authenticate servers: its extended key usage does not include serverAuth, so no peer accepts workload certificates under it"},
		{"chain without the certificate", trust.Bundle{CACert: f.signing.pem(), Chain: f.policy.pem(), Root: f.root.pem()},
			"cert-chain.pem does not begin with the certificate in ca-cert.pem: proxies send the chain unchanged after their own certificate"},
		{"chain upside down", trust.Bundle{CACert: f.signing.pem(), Chain: append(f.policy.pem(), f.signing.pem()...), Root: f.root.pem()},
			"cert-chain.pem does not begin with the certificate in ca-cert.pem: proxies send the chain unchanged after their own certificate"},
		{"chain out of order", trust.NewBundle(f.signing.Certificate, []*x509.Certificate{f.root.Certificate, f.policy.Certificate}, f.root.pem(), trust.Key{}),
			"cert-chain.pem is out of order: certificate 2 did not sign certificate 1, but another one did"},
	} {
		t.Run(c.name, func(t *testing.T) { wantError(t, c.bundle.Check(noon()), c.want) })
	}
}

// tooLong has a certificate between the root and the one that signs which the root does not allow.
func tooLong(t testing.TB) trust.Bundle {
	t.Helper()
	root := forge(t, nil, "pathless", func(c *x509.Certificate) { c.MaxPathLenZero = true })
	middle := forge(t, &root, "middle", nil)
	return trust.NewBundle(forge(t, &middle, "below", nil).Certificate, []*x509.Certificate{middle.Certificate}, root.pem(), trust.Key{})
}

func TestCheckRefusesWeakness(t *testing.T) {
	rsaKey := func(bits int) *rsa.PrivateKey {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := forge(t, nil, "root", nil)
	useSHA1 := func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA1WithRSA }
	sha1 := forgeFor(t, nil, rsaKey(2048), "sha1", useSHA1)
	for _, c := range []struct {
		name   string
		bundle trust.Bundle
		want   string
	}{
		{"RSA 1024", under(t, good, forgeFor(t, &good, rsaKey(1024), "small", nil)), "CN=small: the RSA key has 1024 bits: the minimum is 2048"},
		{"RSA 1024 as root", under(t, forgeFor(t, nil, rsaKey(1024), "small", nil), good), "CN=small: the RSA key has 1024 bits: the minimum is 2048"},
		{"P-521", under(t, good, forgeFor(t, &good, onCurve(t, elliptic.P521()), "wide", nil)), "CN=wide: the key is on curve P-521: istiod signs with P-256 and P-384"},
		{"P-224", under(t, good, forgeFor(t, &good, onCurve(t, elliptic.P224()), "narrow", nil)), "CN=narrow: the key is on curve P-224: istiod signs with P-256 and P-384"},
		{"Ed25519", under(t, good, forgeFor(t, &good, edwards, "edwards", nil)), "CN=edwards: a key of type ed25519.PublicKey: istiod signs with RSA and ECDSA"},
		{"SHA-1 of the root itself", under(t, sha1, forge(t, &sha1, "below", nil)), "CN=sha1: the signature is SHA1-RSA, which is no longer accepted"},
		{"SHA-1 below", under(t, sha1, forge(t, &sha1, "below", useSHA1)), "CN=below: the signature is SHA1-RSA, which is no longer accepted"},
		{"SHA-1 in the verifier's words", under(t, sha1, forge(t, &sha1, "below", useSHA1)), "cannot verify the cert with the provided root chain and cert pool: " +
			`x509: certificate signed by unknown authority (possibly because of "x509: cannot verify signature: insecure algorithm SHA1-RSA" while trying to verify candidate authority certificate "sha1")`},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.bundle.Check(noon())
			if err == nil || !slices.Contains(strings.Split(err.Error(), "\n"), c.want) {
				t.Errorf("got\n%v\nwant among it\n%s", err, c.want)
			}
		})
	}
}
