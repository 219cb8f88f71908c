package workspace_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// noon is when the tests happen.
func noon() time.Time { return time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC) }

// pki is a root and one intermediate below it, which every cluster is given.
type pki struct{ root, signing *x509.Certificate }

func newPKI(t *testing.T, change func(*x509.Certificate)) pki {
	t.Helper()
	rootKey, key := newKey(t), newKey(t)
	root := sign(t, caTemplate("root"), nil, &rootKey.PublicKey, rootKey)
	template := caTemplate("signing")
	template.NotBefore, template.NotAfter = noon().Add(time.Hour), noon().Add(48*time.Hour)
	change(template)
	return pki{root: root, signing: sign(t, template, root, &key.PublicKey, rootKey)}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func caTemplate(name string) *x509.Certificate {
	return &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: noon(), NotAfter: noon().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
}

// sign makes a certificate; without a parent it signs itself.
func sign(t *testing.T, template, parent *x509.Certificate, public *ecdsa.PublicKey, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

// fixture has these certificates in trust/ for each of the clusters.
func (p pki) fixture(t *testing.T, mesh string, clusters ...string) *testmesh.Fixture {
	t.Helper()
	h := testmesh.Offline(t, mesh)
	h.Write("trust/root-cert.pem", string(trust.EncodeCertificates(p.root)))
	for _, cluster := range clusters {
		h.Write("trust/"+cluster+"/ca-cert.pem", string(trust.EncodeCertificates(p.signing)))
		h.Write("trust/"+cluster+"/cert-chain.pem", string(trust.EncodeCertificates(p.signing)))
	}
	return h
}

// found are the problems of some rules, a line for each; "" is for those of no rule.
func found(h *testmesh.Fixture, ids ...string) []string {
	ws, _ := h.Open()
	var lines []string
	for _, problem := range ws.Check(nil) {
		for _, id := range ids {
			if problem.Rule == id {
				lines = append(lines, h.Normalize(strings.TrimSpace(problem.Rule+" "+problem.File+": "+problem.Message+" | "+problem.Hint)))
			}
		}
	}
	return lines
}

func TestNamesOfWorkloadsAreChecked(t *testing.T) {
	ambient := strings.Replace(testmesh.Signing, "name: west,", "name: west, istio: {dataPlane: ambient},", 1)
	for _, test := range []struct {
		name, mesh string
		change     func(*x509.Certificate)
		want       []string
	}{
		{"no constraints", testmesh.Signing, func(*x509.Certificate) {}, nil},
		{"the trust domain is excluded", testmesh.Signing, func(c *x509.Certificate) { c.ExcludedURIDomains = []string{"cluster.local"} },
			[]string{"MESH029 trust/east/ca-cert.pem: the name constraints of CN=signing exclude spiffe://cluster.local, so no peer accepts workload certificates under it | " +
				"have CN=root sign it again without name constraints, or with a permitted URI and DNS name that match"}},
		{"istiod is excluded", testmesh.Signing, func(c *x509.Certificate) { c.ExcludedDNSDomains = []string{"istio-system.svc"} },
			[]string{"MESH029 trust/east/ca-cert.pem: the name constraints of CN=signing exclude istiod.istio-system.svc, so no proxy accepts istiod's certificate | " +
				"have CN=root sign it again without name constraints, or with a permitted URI and DNS name that match"}},
		{"the trust domain is permitted", testmesh.Signing, func(c *x509.Certificate) { c.PermittedURIDomains = []string{"cluster.local"} }, nil},
		{"a ztunnel of another cluster refuses any", ambient, func(c *x509.Certificate) { c.PermittedURIDomains = []string{"cluster.local"} },
			[]string{"MESH029 trust/east/ca-cert.pem: CN=signing constrains URIs, and ztunnels reject every workload certificate under such a CA | " +
				"have CN=root sign it again without constraints of URIs"}},
	} {
		if diff := cmp.Diff(test.want, found(newPKI(t, test.change).fixture(t, test.mesh, "east"), "MESH029")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestCertificateFacts: a certificate is as good as all that are above it.
func TestCertificateFacts(t *testing.T) {
	p := newPKI(t, func(*x509.Certificate) {})
	h := p.fixture(t, testmesh.Signing, "east", "west")
	key := fmt.Sprintf("%x", sha256.Sum256(p.signing.RawSubjectPublicKeyInfo))
	ws, _ := h.Open()
	var want []rules.Certificate
	for _, cluster := range []string{"east", "west"} {
		want = append(want, rules.Certificate{Cluster: cluster, File: ws.Path("trust/" + cluster + "/ca-cert.pem"), KeySHA256: key,
			NotBefore: noon().Add(time.Hour), NotAfter: noon().Add(24 * time.Hour)})
	}
	if diff := cmp.Diff(want, ws.Certificates); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := found(h, "MESH069"); len(got) != 1 {
		t.Errorf("two clusters with one key: %q", got)
	}
}
