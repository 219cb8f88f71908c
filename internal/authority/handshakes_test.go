package authority_test

import (
	"context"
	"crypto/x509"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/handshake"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// gateways are what handshakes show, by cluster.
type gateways map[string][]handshake.Seen

// proving goes to the next phase by handshakes instead of the time.
func (d *desk) proving(seen gateways) []string {
	d.t.Helper()
	return d.asking(func(a *authority.Authority, in authority.RotateInput) error {
		in.Handshakes = func(context.Context) (map[string][]handshake.Seen, error) { return seen, nil }
		return a.RotateRoot(d.t.Context(), in)
	})
}

// roots are those of trust/, the new one last.
func (d *desk) roots() []*x509.Certificate {
	d.t.Helper()
	roots, err := trust.ParseCertificates([]byte(d.Files()["trust/root-cert.pem"]))
	d.must(err)
	return roots
}

// certificate is the one with which a cluster signs.
func (d *desk) signer(cluster string) *x509.Certificate {
	d.t.Helper()
	signer, err := trust.ParseCertificates([]byte(d.Files()["trust/"+cluster+"/ca-cert.pem"]))
	d.must(err)
	return signer[0]
}

// behindGateway is a workload that shows the certificate of a cluster in place of its own, and trusts some roots.
func behindGateway(address string, signer *x509.Certificate, roots ...*x509.Certificate) handshake.Seen {
	seen := handshake.Seen{Address: netip.MustParseAddrPort(address), Chain: []*x509.Certificate{signer}}
	for _, root := range roots {
		seen.Accepted = append(seen.Accepted, root.RawSubject)
	}
	return seen
}

const later = "run the same command again later; to see what the gateways present: kubectl mesh check --handshake -f mesh.yaml"

// TestHandshakesProveAPhase: each phase begins a moment after the one before was applied, once every workload shows it.
func TestHandshakesProveAPhase(t *testing.T) {
	d := inPhaseTrust(t)
	d.arrived(day.Add(-time.Second))
	roots := d.roots()
	east := behindGateway("203.0.113.1:15443", d.signer("east"), roots...)
	west := behindGateway("203.0.113.2:15443", d.signer("west"), roots...)
	old := behindGateway("203.0.113.2:15443", d.signer("west"), roots[0])
	refused := handshake.Seen{Address: old.Address, Fault: handshake.FaultTimeout, Detail: "i/o timeout"}

	for name, test := range map[string]struct {
		seen gateways
		want string
	}{
		"one of three": {gateways{"east": {east}, "west": {west, old, west}},
			`phase trust has not reached all workloads: west: 1 of 3 handshakes failed: 203.0.113.2:15443: ` +
				`the workload does not trust root "shop root CA g2" | ` + later},
		"a gateway that does not answer": {gateways{"east": {east}, "west": {refused}},
			"phase trust has not reached all workloads: west: 1 of 1 handshake failed: 203.0.113.2:15443: timeout: i/o timeout | " + later},
		"a cluster without a gateway": {gateways{"east": {east}},
			"phase trust is not complete in west before 2026-06-01 12:02 UTC | " + renewed},
	} {
		if diff := cmp.Diff([]string{test.want}, d.proving(test.seen)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if said := d.proving(gateways{"east": {east}, "west": {west}}); said != nil || !strings.HasPrefix(d.state(), "sign: ") {
		t.Fatalf("phase sign: %q, %s", said, d.state())
	}

	d.arrived(day.Add(-time.Second))
	want := []string{`phase sign has not reached all workloads: east: 1 of 1 handshake failed: 203.0.113.1:15443: ` +
		`the workload's certificate is not signed under root "shop root CA g2"`}
	if diff := cmp.Diff(want, first(d.proving(gateways{"east": {east}}))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	east, west = behindGateway("203.0.113.1:15443", d.signer("east"), roots...), behindGateway("203.0.113.2:15443", d.signer("west"), roots...)
	if said := d.proving(gateways{"east": {east}, "west": {west}}); said != nil || !strings.HasPrefix(d.state(), "steady: g2") {
		t.Errorf("phase drop: %q, %s", said, d.state())
	}
}

// first drops the remedies.
func first(said []string) []string {
	said = slices.Clone(said)
	for i := range said {
		said[i], _, _ = strings.Cut(said[i], " | ")
	}
	return said
}

// TestHandshakesOfAmbient prove nothing: its gateways show certificates of their own.
func TestHandshakesOfAmbient(t *testing.T) {
	d := &desk{House: testmesh.New(t, strings.Replace(testmesh.Signing, "spec:\n", "spec:\n  istio: {dataPlane: ambient}\n", 1)), t: t}
	d.must(d.open().Init(t.Context(), trust.P256, true))
	d.must(d.open().Issue(t.Context(), authority.Members{All: true}, trust.P256, year))
	d.must(d.rotate())
	d.arrived(day)
	east := behindGateway("203.0.113.1:15008", d.signer("east"), d.roots()...)
	want := []string{"phase trust is not complete in east, west before 2026-06-02 12:00 UTC | " + renewed}
	if diff := cmp.Diff(want, d.proving(gateways{"east": {east}, "west": {east}})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestHandshakesOffline prove a phase where no cluster can be asked.
func TestHandshakesOffline(t *testing.T) {
	d := inPhaseTrust(t)
	d.render()
	in := d.rotation()
	in.WorkloadsRenewed = false
	in.Handshakes = func(context.Context) (map[string][]handshake.Seen, error) {
		return gateways{
			"east": {behindGateway("203.0.113.1:15443", d.signer("east"), d.roots()...)},
			"west": {behindGateway("203.0.113.2:15443", d.signer("west"), d.roots()...)},
		}, nil
	}
	if said := d.Said(d.open().RotateRoot(t.Context(), in)); said != nil || !strings.HasPrefix(d.state(), "sign: ") {
		t.Errorf("phase sign: %q, %s", said, d.state())
	}
}
