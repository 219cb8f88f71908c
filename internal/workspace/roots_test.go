package workspace_test

import (
	"crypto/x509"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

func pinning(pins string) string {
	return strings.Replace(testmesh.Signing, "spec:\n", "spec:\n  trust: {ca: {roots: ["+pins+"]}}\n", 1)
}

// TestRootsArePinned: with certificates below them or without.
func TestRootsArePinned(t *testing.T) {
	p := newPKI(t, func(*x509.Certificate) {})
	pin, other := trust.Fingerprint(p.root), strings.Repeat("ab", 32)
	for _, test := range []struct {
		name, mesh string
		clusters   []string
		want       []string
	}{
		{"pinned", pinning(pin), nil, nil},
		{"pinned, with certificates", pinning(pin), []string{"east"}, nil},
		{"another one is pinned", pinning(other), nil,
			[]string{"MESH065 trust/root-cert.pem: root CN=root (SHA-256 " + pin + ") is not pinned | compare the fingerprint with the owner of the root over another " +
				"channel; then, in mesh.yaml, set spec.trust.ca.roots to: [" + other + ", " + pin + "]"}},
		{"nothing is pinned", testmesh.Signing, nil,
			[]string{"MESH067 mesh.yaml: the roots of the mesh are not pinned: CN=root | in mesh.yaml, add below spec: trust: {ca: {roots: [" + pin + "]}}"}},
		{"nothing is pinned beside a trust domain", strings.Replace(testmesh.Signing, "spec:\n", "spec:\n  trust: {domain: shop.example}\n", 1), nil,
			[]string{"MESH067 mesh.yaml: the roots of the mesh are not pinned: CN=root | in mesh.yaml, add below spec.trust: ca: {roots: [" + pin + "]}"}},
		{"the certificates are elsewhere", strings.Replace(testmesh.Signing, "spec:\n", "spec:\n  trust: {ca: {provider: none}}\n", 1), nil, nil},
	} {
		if diff := cmp.Diff(test.want, found(p.fixture(t, test.mesh, test.clusters...), "MESH065", "MESH067")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestRootFacts(t *testing.T) {
	p := newPKI(t, func(*x509.Certificate) {})
	ws, _ := p.fixture(t, testmesh.Signing, "west").Open()
	about, err := trust.Roots(trust.EncodeCertificates(p.root), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []rules.Root{{File: ws.Path("trust/root-cert.pem"), SHA256: about[0].SHA256, KeySHA256: about[0].KeySHA256, Subject: "CN=root",
		NotAfter: p.root.NotAfter, Signs: []string{"west"}}}
	if diff := cmp.Diff(want, ws.Roots); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRootsThatCannotBeRead stop a rendering, even before there are certificates.
func TestRootsThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"":      "trust/root-cert.pem: read root-cert.pem: invalid PEM encoded certificate: it is empty | use the file with the certificates",
		"hello": "trust/root-cert.pem: read root-cert.pem: invalid PEM encoded certificate | use the file with the PEM certificates",
	} {
		h := testmesh.Offline(t, testmesh.Signing)
		h.Write("trust/root-cert.pem", text)
		if diff := cmp.Diff([]string{want}, found(h, "")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}
