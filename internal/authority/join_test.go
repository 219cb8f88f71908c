package authority_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// joined is a mesh that trusts the root of another one behind its own: west signs under that. north is new.
func joined(t *testing.T) *desk {
	t.Helper()
	d, other := issued(t, testmesh.Both), issued(t, testmesh.Both)
	d.Write("mesh.yaml", testmesh.Both+"  - {name: north, api: {server: 'https://203.0.113.3'}}\n")
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
	if diff := cmp.Diff([]string{`north: certificate "CN=shop north g1,O=shop", ECDSA P-256, until 2027-06-01`}, d.Told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
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
	d := issued(t, testmesh.Both)
	d.render()
	d.must(d.rotate())
	d.render()
	d.must(d.rotate())
	d.must(d.open().Reissue(t.Context(), authority.Members{Cluster: "east"}, trust.P256, year))
	if got, want := d.state(), "sign: g1 g2, east g3 under g2, "; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
