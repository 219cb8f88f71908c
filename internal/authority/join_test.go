package authority_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// made are the certificates of a cluster in the layout of Istio's Makefile.
func (d *fixture) made(cluster string) map[string][]byte {
	files := map[string][]byte{}
	for name, from := range map[string]string{"ca-cert.pem": "trust/" + cluster + "/ca-cert.pem", "cert-chain.pem": "trust/" + cluster + "/cert-chain.pem",
		"root-cert.pem": "trust/root-cert.pem", "ca-key.pem": "credentials/" + cluster + "/ca-key.pem"} {
		files[name] = []byte(d.Files()[from])
	}
	return files
}

// pinRoots writes the list into mesh.yaml.
func (d *fixture) pinRoots(pins ...string) {
	d.Write("mesh.yaml", strings.Replace(testmesh.Signing, "spec:\n", "spec:\n  trust: {ca: {roots: ["+strings.Join(pins, ", ")+"]}}\n", 1))
}

// TestImportJoins: certificates below another root bring it along where it is pinned, behind the roots of the mesh.
func TestImportJoins(t *testing.T) {
	d, other := issued(t, testmesh.Signing), issued(t, testmesh.Signing)
	ours, theirs := d.Files()["trust/root-cert.pem"], other.Files()["trust/root-cert.pem"]
	d.pinRoots(d.pins()[0], other.pins()[0])
	d.must(d.open().Import(t.Context(), authority.ImportInput{Cluster: "west", Dir: other.made("west")}))
	if got := d.Files()["trust/root-cert.pem"]; got != ours+theirs {
		t.Errorf("the roots are\n%s\nwant ours, byte for byte, and theirs", got)
	}
	want := []string{`west: certificate "CN=shop west g1,O=shop", ECDSA P-256, until 2027-06-01`,
		`root "CN=shop root CA g1,O=shop" is trusted in addition to "CN=shop root CA g1,O=shop"`,
		"render the tree, and commit it with trust, then apply it: every cluster must trust both roots before clusters of the two meshes are linked (spec.links)"}
	if diff := cmp.Diff(want, d.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	for _, cluster := range []string{"east", "west"} {
		d.checkBundle(cluster)
	}

	// The roots are known now: the same import again, and the next cluster of that mesh, change nothing of them.
	for _, again := range []authority.ImportInput{
		{Cluster: "west", Dir: other.made("west")},
		{Cluster: "east", Dir: other.made("east")},
		{Cluster: "east", Dir: issuedUnder(t, d, "east"), RootCA: []byte(ours)},
	} {
		d.must(d.open().Import(t.Context(), again))
		if got := d.Files()["trust/root-cert.pem"]; got != ours+theirs || len(d.Messages) != 1 {
			t.Errorf("%s again: messages %q, roots\n%s", again.Cluster, d.Messages, got)
		}
		d.checkBundle(again.Cluster)
	}
}

// issuedUnder are the certificates of a cluster before anything was imported.
func issuedUnder(t *testing.T, d *fixture, cluster string) map[string][]byte {
	t.Helper()
	d.must(d.open().Reissue(t.Context(), authority.Members{Cluster: cluster}, trust.P256, year))
	files := d.made(cluster)
	delete(files, "root-cert.pem")
	return files
}

// TestImportRefusesToJoin: nothing is written where a root is not pinned, or the certificates do not lead to it.
func TestImportRefusesToJoin(t *testing.T) {
	d, other, third := issued(t, testmesh.Signing), issued(t, testmesh.Signing), issued(t, testmesh.Signing)
	ours, theirs := d.pins()[0], other.pins()[0]
	const compare = "compare the fingerprint with the owner of the root over another channel; then, in mesh.yaml, "
	unpinned := "root CN=shop root CA g1,O=shop (SHA-256 " + theirs + ") is not pinned | " + compare
	without := func(name string) map[string][]byte {
		files := other.made("west")
		delete(files, name)
		return files
	}
	for name, test := range map[string]struct {
		pins []string
		in   authority.ImportInput
		want string
	}{
		"no root is pinned": {nil, authority.ImportInput{Cluster: "west", Dir: other.made("west")},
			unpinned + "add below spec: trust: {ca: {roots: [" + ours + ", " + theirs + "]}}"},
		"ours alone is pinned": {[]string{ours}, authority.ImportInput{Cluster: "west", Dir: other.made("west")},
			unpinned + "set spec.trust.ca.roots to: [" + ours + ", " + theirs + "]"},
		"ours alone is pinned, and theirs named": {[]string{ours}, authority.ImportInput{Cluster: "west", Dir: without("root-cert.pem"),
			RootCA: []byte(other.Files()["trust/root-cert.pem"])}, unpinned + "set spec.trust.ca.roots to: [" + ours + ", " + theirs + "]"},
		"the root of a third mesh is named": {[]string{ours, theirs}, authority.ImportInput{Cluster: "west", Dir: other.made("west"),
			RootCA: []byte(third.Files()["trust/root-cert.pem"])}, "istiod would reject the certificates: cannot verify the cert with the provided root chain and cert pool: "},
		"no root comes along": {[]string{ours, theirs}, authority.ImportInput{Cluster: "west", Dir: without("root-cert.pem")},
			"istiod would reject the certificates: cannot verify the cert with the provided root chain and cert pool: "},
	} {
		d.Write("mesh.yaml", testmesh.Signing)
		if test.pins != nil {
			d.pinRoots(test.pins...)
		}
		before := d.Files()
		said := d.Problems(d.open().Import(t.Context(), test.in))
		if len(said) != 1 || !strings.HasPrefix(said[0], test.want) {
			t.Errorf("%s: got %q, want %q", name, said, test.want)
		}
		if diff := cmp.Diff(before, d.Files()); diff != "" {
			t.Errorf("%s: written (-before +after):\n%s", name, diff)
		}
	}
}

// joined is a mesh that trusts the root of another one behind its own: west signs under that. north is new.
func joined(t *testing.T) *fixture {
	t.Helper()
	d, other := issued(t, testmesh.Signing), issued(t, testmesh.Signing)
	d.Write("mesh.yaml", testmesh.Signing+"  - {name: north, api: {server: 'https://203.0.113.3'}}\n")
	d.Write("trust/root-cert.pem", d.Files()["trust/root-cert.pem"]+other.Files()["trust/root-cert.pem"])
	for _, name := range []string{"trust/west/ca-cert.pem", "trust/west/cert-chain.pem", "credentials/west/ca-key.pem"} {
		d.Write(name, other.Files()[name])
	}
	return d
}

// TestIssueInAJoinedMesh: the key of the second root is not here, and is not needed.
func TestIssueInAJoinedMesh(t *testing.T) {
	d := joined(t)
	roots := d.certificates("trust/root-cert.pem")
	d.must(d.open().Issue(t.Context(), authority.Members{All: true}, trust.P256, year))
	if diff := cmp.Diff([]string{`north: certificate "CN=shop north g1,O=shop", ECDSA P-256, until 2027-06-01`}, d.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	if err := d.certificates("trust/north/ca-cert.pem")[0].CheckSignatureFrom(roots[0]); err != nil {
		t.Errorf("north does not sign under the first root: %v", err)
	}
	d.must(d.open().Reissue(t.Context(), authority.Members{Cluster: "west"}, trust.P256, year))
	if err := d.certificates("trust/west/ca-cert.pem")[0].CheckSignatureFrom(roots[0]); err != nil {
		t.Errorf("west does not sign under the first root: %v", err)
	}
	for _, cluster := range []string{"east", "west", "north"} {
		d.checkBundle(cluster)
	}
}

// TestReissueWhileARootIsRotated: the new root signs, for its key is here.
func TestReissueWhileARootIsRotated(t *testing.T) {
	d := issued(t, testmesh.Signing)
	d.render()
	d.must(d.rotate())
	d.render()
	d.must(d.rotate())
	d.must(d.open().Reissue(t.Context(), authority.Members{Cluster: "east"}, trust.P256, year))
	if got, want := d.state(), "sign: g1 g2, east g3 under g2, "; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestTrustRoots: a root that is pinned is trusted behind those of the mesh, and signs for nobody; again, nothing changes.
func TestTrustRoots(t *testing.T) {
	d, other := issued(t, testmesh.Signing), issued(t, testmesh.Signing)
	ours, theirs := d.Files()["trust/root-cert.pem"], other.Files()["trust/root-cert.pem"]
	before := d.Files()
	err := d.open().TrustRoots(t.Context(), map[string][]byte{"theirs.pem": []byte(theirs)})
	want := "root CN=shop root CA g1,O=shop (SHA-256 " + other.pins()[0] + ") is not pinned | compare the fingerprint with the owner of the root " +
		"over another channel; then, in mesh.yaml, add below spec: trust: {ca: {roots: [" + d.pins()[0] + ", " + other.pins()[0] + "]}}"
	if diff := cmp.Diff([]string{want}, d.Problems(err)); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, d.Files()); diff != "" {
		t.Errorf("files changed (-want +got):\n%s", diff)
	}

	d.pinRoots(d.pins()[0], other.pins()[0])
	for _, messages := range [][]string{
		{`root "CN=shop root CA g1,O=shop" is trusted in addition to "CN=shop root CA g1,O=shop"`,
			"render the tree, and commit it with trust, then apply it: every cluster must trust both roots before a cluster's istiod signs under another one"},
		{"trust/root-cert.pem is unchanged: it already contains these roots"},
	} {
		d.must(d.open().TrustRoots(t.Context(), map[string][]byte{"theirs.pem": []byte(theirs)}))
		if diff := cmp.Diff(messages, d.Messages); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
		if got := d.Files()["trust/root-cert.pem"]; got != ours+theirs {
			t.Errorf("the roots are\n%s\nwant ours, byte for byte, and theirs", got)
		}
	}
	for _, cluster := range []string{"east", "west"} {
		d.checkBundle(cluster)
	}
}
