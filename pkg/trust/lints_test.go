package trust_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// lint is what RFC 5280, SPIFFE X509-SVID and our own profile want of a certificate and the one
// above it.
type lint struct {
	name string
	ok   func(c, parent *x509.Certificate) bool
}

func lints() []lint {
	return []lint{
		{"basic constraints are critical and say CA", func(c, _ *x509.Certificate) bool {
			return c.IsCA && c.BasicConstraintsValid && critical(c, "2.5.29.19")
		}},
		{"path length is 1 for the root and 0 below", func(c, parent *x509.Certificate) bool {
			if c == parent {
				return c.MaxPathLen == 1
			}
			return c.MaxPathLen == 0 && c.MaxPathLenZero
		}},
		{"key usage is critical, certSign and crlSign", func(c, _ *x509.Certificate) bool {
			return c.KeyUsage == x509.KeyUsageCertSign|x509.KeyUsageCRLSign && critical(c, "2.5.29.15")
		}},
		{"no extended key usage", func(c, _ *x509.Certificate) bool { return extension(c, "2.5.29.37") == nil }},
		{"subject key ID is there and not critical", func(c, _ *x509.Certificate) bool {
			return len(c.SubjectKeyId) == 20 && extension(c, "2.5.29.14") != nil && !critical(c, "2.5.29.14")
		}},
		{"authority key ID is that of the parent", func(c, parent *x509.Certificate) bool {
			return c == parent && c.AuthorityKeyId == nil || bytes.Equal(c.AuthorityKeyId, parent.SubjectKeyId)
		}},
		{"serial is positive and has at most 20 octets", func(c, _ *x509.Certificate) bool {
			return c.SerialNumber.Sign() > 0 && c.SerialNumber.BitLen() <= 159 && c.SerialNumber.BitLen() > 64
		}},
		{"validity lies within the parent's", func(c, parent *x509.Certificate) bool {
			return !c.NotBefore.Before(parent.NotBefore) && !c.NotAfter.After(parent.NotAfter) && c.NotBefore.Before(c.NotAfter)
		}},
		{"names have at most 64 characters", func(c, _ *x509.Certificate) bool {
			return len(c.Subject.CommonName) <= 64 && len(c.Subject.CommonName) > 0 && len(c.Subject.Organization[0]) <= 64
		}},
		{"subject is not the issuer's, except for the root", func(c, parent *x509.Certificate) bool {
			return (c == parent) == bytes.Equal(c.RawSubject, c.RawIssuer) && bytes.Equal(c.RawIssuer, parent.RawSubject)
		}},
		{"the one name of an intermediate is the ID of its trust domain", func(c, parent *x509.Certificate) bool {
			if c == parent {
				return extension(c, "2.5.29.17") == nil
			}
			return len(c.URIs) == 1 && c.URIs[0].String() == "spiffe://shop.example" && len(c.DNSNames)+len(c.IPAddresses)+len(c.EmailAddresses) == 0
		}},
		{"no name constraints, which ztunnel refuses", func(c, _ *x509.Certificate) bool { return extension(c, "2.5.29.30") == nil }},
		{"version 3, signed with SHA-2", func(c, _ *x509.Certificate) bool {
			return c.Version == 3 && (strings.HasSuffix(c.SignatureAlgorithm.String(), "SHA256") || strings.HasSuffix(c.SignatureAlgorithm.String(), "SHA384") ||
				strings.HasPrefix(c.SignatureAlgorithm.String(), "SHA256"))
		}},
		{"nothing critical that is unknown", func(c, _ *x509.Certificate) bool { return len(c.UnhandledCriticalExtensions) == 0 }},
	}
}

func extension(c *x509.Certificate, id string) *pkix.Extension {
	for i := range c.Extensions {
		if c.Extensions[i].Id.String() == id {
			return &c.Extensions[i]
		}
	}
	return nil
}

func critical(c *x509.Certificate, id string) bool {
	found := extension(c, id)
	return found != nil && found.Critical
}

func wantClean(t *testing.T, c, parent *x509.Certificate) {
	t.Helper()
	for _, l := range lints() {
		if !l.ok(c, parent) {
			t.Errorf("%s: not so: %s", c.Subject, l.name)
		}
	}
}

func TestWhatIsMadeIsClean(t *testing.T) {
	kinds := []trust.KeyType{trust.P256, trust.P384, trust.RSA4096}
	serials, subjects := map[string]bool{}, map[string]bool{}
	count := func(c *x509.Certificate) {
		if serials[c.SerialNumber.String()] || subjects[c.Subject.String()] {
			t.Errorf("%s: the serial number or the subject is taken", c.Subject)
		}
		serials[c.SerialNumber.String()], subjects[c.Subject.String()] = true, true
	}
	long := strings.Repeat("x", 70)
	for i, kind := range kinds {
		root, err := trust.NewRoot("shop", newKey(t, kind), i+1, noon())
		if err != nil {
			t.Fatal(err)
		}
		count(root.Certificate)
		wantClean(t, root.Certificate, root.Certificate)
		for _, cluster := range []string{"east", "west", "root", "root CA", long + "a", long + "b"} {
			what := ofCluster(cluster, i+1)
			if cluster == "root CA" {
				what.Generation = 9 // that of the root is refused
			}
			certificate := issue(t, root, what, newKey(t, trust.P256))
			if cluster != "root CA" || i == 0 {
				count(certificate)
			}
			wantClean(t, certificate, root.Certificate)
		}
	}
}

func TestLongNamesOfMeshesAreClean(t *testing.T) {
	what := ofCluster("east", 1)
	what.Mesh = strings.Repeat("mesh-", 30)
	root, err := trust.NewRoot(what.Mesh, newKey(t, trust.P256), 1, noon())
	if err != nil {
		t.Fatal(err)
	}
	wantClean(t, root.Certificate, root.Certificate)
	wantClean(t, issue(t, root, what, newKey(t, trust.P256)), root.Certificate)
}

func TestRootLivesTenYearsAndClustersOne(t *testing.T) {
	root := newRoot(t, 1)
	certificate := issue(t, root, ofCluster("east", 1), newKey(t, trust.P256))
	for _, c := range []struct {
		certificate *x509.Certificate
		life        time.Duration
	}{{root.Certificate, 10 * 365 * 24 * time.Hour}, {certificate, 365 * 24 * time.Hour}} {
		if got := c.certificate.NotAfter.Sub(noon()); got != c.life {
			t.Errorf("%s lives %s, want %s", c.certificate.Subject, got, c.life)
		}
		if got := noon().Sub(c.certificate.NotBefore); got != 5*time.Minute {
			t.Errorf("%s is backdated by %s, want 5m", c.certificate.Subject, got)
		}
	}
}

func TestTimeLiesWithinTheIssuers(t *testing.T) {
	young := forge(t, nil, "young root", func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = noon(), noon().Add(48*time.Hour)
		c.KeyUsage |= x509.KeyUsageCRLSign
	})
	certificate := issue(t, young.authority(t), ofCluster("east", 1), newKey(t, trust.P256))
	if !certificate.NotBefore.Equal(young.NotBefore) || !certificate.NotAfter.Equal(young.NotAfter) {
		t.Errorf("from %s to %s, want from %s to %s", certificate.NotBefore, certificate.NotAfter, young.NotBefore, young.NotAfter)
	}
}

func TestLongNamesAreCutBetweenLetters(t *testing.T) {
	what := ofCluster(strings.Repeat("é", 80), 3)
	certificate := issue(t, newRoot(t, 1), what, newKey(t, trust.P256))
	name := certificate.Subject.CommonName
	if len(name) > 64 || !utf8.ValidString(name) || !strings.HasPrefix(name, "shop éé") || !strings.HasSuffix(name, " g3") || trust.Generation(certificate) != 3 {
		t.Errorf("got %q", name)
	}
}

func TestIssueRefuses(t *testing.T) {
	root, key := newRoot(t, 1), newKey(t, trust.P256)
	with := func(change func(*x509.Certificate)) trust.Authority {
		return forge(t, nil, "their root", change).authority(t)
	}
	what := func(change func(*trust.Intermediate)) trust.Intermediate {
		i := ofCluster("east", 1)
		change(&i)
		return i
	}
	good := ofCluster("east", 1)
	for _, c := range []struct {
		name      string
		authority trust.Authority
		what      trust.Intermediate
		want      string
	}{
		{"no key", trust.Authority{Certificate: root.Certificate}, good, "issue certificate: the CA has no key"},
		{"key of another", trust.Authority{Certificate: root.Certificate, Key: key}, good, "issue certificate: the key does not match the root certificate"},
		{"leaf", with(func(c *x509.Certificate) { c.IsCA = false }), good, "issue certificate: the root certificate is not authorized to sign other certificates"},
		{"key usage", with(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }), good,
			"issue certificate: the root certificate is not authorized to sign other certificates"},
		{"path length", with(func(c *x509.Certificate) { c.MaxPathLenZero = true }), good,
			"issue certificate: the path length of the root certificate is 0: it cannot sign CA certificates"},
		{"expired", with(func(c *x509.Certificate) { c.NotAfter = noon().Add(-time.Second) }), good, "issue certificate: the root expired on 2026-03-01"},
		{"not yet", with(func(c *x509.Certificate) { c.NotBefore = noon().Add(time.Hour) }), good, "issue certificate: the root is not valid before 2026-03-01"},
		{"no trust domain", root, what(func(i *trust.Intermediate) { i.TrustDomain = "" }), `issue certificate of east: "" is not a trust domain`},
		{"trust domain with a path", root, what(func(i *trust.Intermediate) { i.TrustDomain = "shop.example/ns" }), `issue certificate of east: "shop.example/ns" is not a trust domain`},
		{"capitals", root, what(func(i *trust.Intermediate) { i.TrustDomain = "Shop" }), `issue certificate of east: "Shop" is not a trust domain`},
		{"no name", root, what(func(i *trust.Intermediate) { i.Cluster = "" }), "issue certificate of : the mesh and the cluster require names"},
		{"no generation", root, what(func(i *trust.Intermediate) { i.Generation = 0 }), "issue certificate of east: generation 0: the first is 1"},
		{"no life", root, what(func(i *trust.Intermediate) { i.Validity = 0 }), "issue certificate of east: its validity would be 0s"},
		{"subject of the root", root, what(func(i *trust.Intermediate) { i.Cluster = "root CA" }), "issue certificate of root CA: the root has the same subject"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.authority.Issue(key.Public(), c.what, noon())
			wantError(t, err, c.want)
		})
	}
	modulus, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	broken := forgeFor(t, nil, modulus, "old root", func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA1WithRSA })
	_, err = broken.authority(t).Issue(key.Public(), good, noon())
	wantError(t, err, "issue certificate: CN=old root: the signature is SHA1-RSA, which is no longer accepted")
	_, err = root.Issue(root.Key.Public(), good, noon())
	wantError(t, err, "issue certificate of east: the key is the root's key: a cluster requires its own")
	_, err = root.Issue(nil, good, noon())
	wantError(t, err, "issue certificate of east: a key of type <nil>: istiod signs with RSA and ECDSA")
	_, err = trust.NewRoot("shop", trust.Key{}, 1, noon())
	wantError(t, err, "create root: x509: certificate private key does not implement crypto.Signer")
}
