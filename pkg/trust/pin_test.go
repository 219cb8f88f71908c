package trust_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/hint"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// TestFingerprintsAreWhatOpenSSLSays compares what is pinned with what an owner reads out.
func TestFingerprintsAreWhatOpenSSLSays(t *testing.T) {
	one, two := newRoot(t, 1), newRoot(t, 2)
	got, err := trust.Fingerprints(slices.Concat([]byte("# ours\n"), rootPEM(one), crlf(rootPEM(two)), rootPEM(one)))
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, root := range []trust.Authority{one, two} {
		out, err := openssl(t, "x509", "-noout", "-fingerprint", "-sha256", "-in", write(t, rootPEM(root)))
		if err != nil {
			t.Fatal(err, out)
		}
		_, digits, _ := strings.Cut(strings.TrimSpace(out), "=")
		want = append(want, strings.ToLower(strings.ReplaceAll(digits, ":", "")))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, openssl says %q", got, want)
	}
	_, err = trust.Fingerprints([]byte("{}"))
	wantError(t, err, "read root-cert.pem: invalid PEM encoded certificate: it is JSON")
}

func TestRootsSayWhoSignsBelowThem(t *testing.T) {
	old, fresh, unused := newRoot(t, 1), newRoot(t, 2), newRoot(t, 3)
	bundles := map[string]trust.Bundle{
		"west": newBundle(t, old, "west"), "east": newBundle(t, old, "east"), "north": newBundle(t, fresh, "north"), "broken": {}, "foreign": newBundle(t, newRoot(t, 1), "foreign"),
	}
	roots, err := trust.Roots(slices.Concat(rootPEM(old), rootPEM(fresh), rootPEM(old), rootPEM(unused)), bundles)
	if err != nil {
		t.Fatal(err)
	}
	type line struct {
		Subject, SHA256 string
		Signs           []string
	}
	var got []line
	for _, root := range roots {
		got = append(got, line{root.Subject, root.SHA256, root.Signs})
	}
	want := []line{
		{"CN=shop root CA g1,O=shop", trust.Fingerprint(old.Certificate), []string{"east", "west"}},
		{"CN=shop root CA g2,O=shop", trust.Fingerprint(fresh.Certificate), []string{"north"}},
		{"CN=shop root CA g3,O=shop", trust.Fingerprint(unused.Certificate), nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("roots (-want +got):\n%s", diff)
	}
	public, err := trust.KeyFingerprint(old.Certificate.PublicKey)
	if err != nil || "SHA256:"+strings.ToUpper(colons(roots[0].KeySHA256)) != public {
		t.Errorf("the public key is %s, and %s elsewhere, %v", roots[0].KeySHA256, public, err)
	}
}

func colons(digits string) string {
	var pairs []string
	for pair := range slices.Chunk([]byte(digits), 2) {
		pairs = append(pairs, string(pair))
	}
	return strings.Join(pairs, ":")
}

// TestJoinedMeshesTrustEachOther joins two meshes that have a root each, cluster by cluster: at no time
// does one refuse another of its own mesh, and at the end everybody accepts everybody.
func TestJoinedMeshesTrustEachOther(t *testing.T) {
	ours, theirs := newRoot(t, 1), forge(t, nil, "their root", nil)
	east := newBundle(t, ours, "east")
	west := under(t, theirs, forge(t, &theirs, "west", nil))
	for name, root := range roots(theirs.pem()) {
		t.Run(name, func(t *testing.T) {
			joined, err := trust.Join(east.Root, root, []string{trust.Fingerprint(ours.Certificate), trust.Fingerprint(theirs.Certificate)}, noon())
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(joined, east.Root) {
				t.Error("our own roots have changed")
			}
			eastJoined, westJoined := east, west
			eastJoined.Root, westJoined.Root = joined, joined
			for _, one := range []trust.Bundle{eastJoined, westJoined} {
				wantError(t, one.Check(noon()), "")
				if !one.Trusts(eastJoined) || !one.Trusts(westJoined) {
					t.Error("the joined clusters do not believe each other")
				}
			}
			if !eastJoined.Trusts(east) || !east.Trusts(eastJoined) || !westJoined.Trusts(west) || !west.Trusts(westJoined) {
				t.Error("a cluster refuses its own mesh while it is joined")
			}
			if !trust.AcceptedUpdate(east.Root, joined) {
				t.Error("istiod of east does not take the roots")
			}
			again, err := trust.Join(joined, root, nil, noon())
			if err != nil || !bytes.Equal(again, joined) {
				t.Errorf("the second time: %v,\n%s", err, again)
			}
		})
	}
}

func TestJoinRefuses(t *testing.T) {
	ours, theirs := newRoot(t, 1), newRoot(t, 1)
	f := newFamily(t)
	sha1 := func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 }
	old := forge(t, nil, "old", func(c *x509.Certificate) { c.NotAfter = noon().Add(-time.Hour) })
	all := []string{trust.Fingerprint(f.policy.Certificate), trust.Fingerprint(old.Certificate)}
	for _, c := range []struct {
		name         string
		ours, theirs []byte
		pinned       []string
		want         string
		remedies     []string
	}{
		{"not pinned", rootPEM(ours), rootPEM(theirs), []string{trust.Fingerprint(ours.Certificate)},
			"root CN=shop root CA g1,O=shop (SHA-256 " + trust.Fingerprint(theirs.Certificate) + ") is not pinned",
			[]string{"compare the fingerprint with the owner of that root over another channel, and add it to spec.trust.ca.roots"}},
		{"one of two", rootPEM(ours), slices.Concat(old.pem(), rootPEM(theirs)), []string{trust.Fingerprint(theirs.Certificate)},
			"root CN=old expired on 2026-03-01", []string{"rotate it before you add its successor"}},
		{"no root", rootPEM(ours), f.policy.pem(), all, "root-cert.pem: CN=policy is not a root: CN=root signed it",
			[]string{"replace it with the certificate of CN=root, and add this one to cert-chain.pem; " +
				"to trust nothing else under CN=root, self-sign this one: openssl x509 -signkey"}},
		{"no PEM", rootPEM(ours), f.root.Raw, all, "read the roots to add: invalid PEM encoded certificate: it is a certificate as DER (.der, .cer)",
			[]string{"openssl x509 -inform der -in FILE -out NEW"}},
		{"no roots of ours", nil, f.root.pem(), all, "read root-cert.pem: invalid PEM encoded certificate: it is empty", []string{"use the file with the certificates"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			joined, err := trust.Join(c.ours, c.theirs, c.pinned, noon())
			wantError(t, err, c.want)
			if got := hint.Of(err); joined != nil || !slices.Equal(got, c.remedies) {
				t.Errorf("got %q, %q", joined, got)
			}
		})
	}
	weak := forge(t, nil, "weak", sha1)
	_, err := trust.Join(rootPEM(ours), weak.pem(), []string{trust.Fingerprint(weak.Certificate)}, noon())
	if refusal, ok := errors.AsType[*trust.Refusal](err); !ok || refusal.Fault != trust.FaultWeak {
		t.Errorf("a weak root: %v", err)
	}
}
