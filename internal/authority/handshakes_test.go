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
type gateways map[string][]handshake.Result

// proving goes to the next phase by handshakes instead of the time.
func (d *fixture) proving(seen gateways) []string {
	d.t.Helper()
	return d.asking(func(a *authority.Authority, in authority.RotateInput) error {
		in.Handshakes = func(context.Context) (map[string][]handshake.Result, error) { return seen, nil }
		return a.RotateRoot(d.t.Context(), in)
	})
}

// roots are those of trust/, the new one last.
func (d *fixture) roots() []*x509.Certificate {
	d.t.Helper()
	roots, err := trust.ParseCertificates([]byte(d.Files()["trust/root-cert.pem"]))
	d.must(err)
	return roots
}

// certificate is the one with which a cluster signs.
func (d *fixture) signer(cluster string) *x509.Certificate {
	d.t.Helper()
	signer, err := trust.ParseCertificates([]byte(d.Files()["trust/"+cluster+"/ca-cert.pem"]))
	d.must(err)
	return signer[0]
}

// behindGateway is a workload that shows the certificate of a cluster in place of its own, and trusts some roots.
func behindGateway(address string, signer *x509.Certificate, roots ...*x509.Certificate) handshake.Result {
	seen := handshake.Result{Address: netip.MustParseAddrPort(address), Chain: []*x509.Certificate{signer}}
	for _, root := range roots {
		seen.Accepted = append(seen.Accepted, root.RawSubject)
	}
	return seen
}

// networks gives each cluster a network of its own, with a gateway.
func networks(mesh string) string {
	return strings.NewReplacer("name: east,", "name: east, network: one, gateway: {addresses: [203.0.113.1]},",
		"name: west,", "name: west, network: two, gateway: {addresses: [203.0.113.2]},").Replace(mesh)
}

const later = "run the same command again later; to see what the gateways present: kubectl mesh check --handshake -f mesh.yaml"

// TestHandshakesProveAPhase: each phase begins a moment after the one before was applied, once every workload shows it.
func TestHandshakesProveAPhase(t *testing.T) {
	d := inPhaseTrustOf(t, networks(testmesh.Signing))
	d.arrived(day.Add(-time.Second))
	roots := d.roots()
	east := behindGateway("203.0.113.1:15443", d.signer("east"), roots...)
	west := behindGateway("203.0.113.2:15443", d.signer("west"), roots...)
	old := behindGateway("203.0.113.2:15443", d.signer("west"), roots[0])
	nameless := handshake.Result{Target: handshake.Target{Host: "gateway.west.example"}, Fault: handshake.FaultUnresolved, Detail: "no such host"}
	refused := handshake.Result{Address: old.Address, Fault: handshake.FaultTimeout, Detail: "i/o timeout"}

	for name, test := range map[string]struct {
		seen gateways
		want string
	}{
		"one of three": {gateways{"east": {east}, "west": {west, old, west}},
			`phase trust has not reached all workloads: west: 1 of 3 handshakes failed: 203.0.113.2:15443: ` +
				`the workload does not trust root "shop root CA g2" | ` + later},
		"a gateway that does not answer": {gateways{"east": {east}, "west": {refused}},
			"phase trust has not reached all workloads: west: 1 of 1 handshake failed: 203.0.113.2:15443: timeout: i/o timeout | " + later},
		"a gateway whose name does not resolve": {gateways{"east": {east}, "west": {nameless}},
			"phase trust has not reached all workloads: west: 1 of 1 handshake failed: gateway.west.example: unresolved: no such host | " + later},
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

// TestHandshakesThatShowNothing leave a phase to the time: the certificate is the gateway's, or may be of a workload of
// another cluster, or the name of a root does not tell which root it is.
func TestHandshakesThatShowNothing(t *testing.T) {
	for name, test := range map[string]struct {
		mesh     string
		seen     func(handshake.Result) handshake.Result
		messages string
		end      string
	}{
		"ambient": {
			mesh:     networks(strings.Replace(testmesh.Signing, "spec:\n", "spec:\n  istio: {dataPlane: ambient}\n", 1)),
			messages: "east: the east-west gateway presents its own certificate, not that of a workload",
			end:      "2026-06-02 12:00",
		},
		"a gateway that ends TLS": {
			mesh:     networks(testmesh.Signing),
			seen:     func(seen handshake.Result) handshake.Result { seen.HBONE = true; return seen },
			messages: "east: the east-west gateway presents its own certificate, not that of a workload",
			end:      "2026-06-01 12:02",
		},
		"one network": {
			mesh:     strings.Replace(networks(testmesh.Signing), "network: two", "network: one", 1),
			messages: "east: the east-west gateway also leads to other clusters of network one",
			end:      "2026-06-01 12:02",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := inPhaseTrustOf(t, test.mesh)
			d.arrived(day)
			seen := behindGateway("203.0.113.1:15443", d.signer("east"), d.roots()...)
			if test.seen != nil {
				seen = test.seen(seen)
			}
			want := []string{"phase trust is not complete in east, west before " + test.end + " UTC | " + renewed}
			if diff := cmp.Diff(want, d.proving(gateways{"east": {seen}, "west": {seen}})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if want := "warning: " + test.messages + ": the time decides whether its workloads have phase trust"; !slices.Contains(d.Messages, want) {
				t.Errorf("it does not say %q: %q", want, d.Messages)
			}
		})
	}
}

// TestHandshakesWithRootsOfOneName: two meshes that have joined may have roots with the same subject. A workload that
// trusts one of them is none that trusts both.
func TestHandshakesWithRootsOfOneName(t *testing.T) {
	d := inPhaseTrustOf(t, networks(testmesh.Signing))
	key, err := trust.NewKey(trust.P256)
	d.must(err)
	twin, err := trust.NewRoot("shop", key, 1, day)
	d.must(err)
	old := d.roots()[:1]
	d.Write("trust/root-cert.pem", string(trust.EncodeCertificates(old[0], twin.Certificate)))
	d.arrived(day)
	east, west := behindGateway("203.0.113.1:15443", d.signer("east"), old...), behindGateway("203.0.113.2:15443", d.signer("west"), old...)
	want := []string{"phase trust is not complete in east, west before 2026-06-01 12:02 UTC | " + renewed}
	if diff := cmp.Diff(want, d.proving(gateways{"east": {east}, "west": {west}})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestHandshakesOffline prove a phase where no cluster can be asked.
func TestHandshakesOffline(t *testing.T) {
	d := inPhaseTrustOf(t, networks(testmesh.Signing))
	d.render()
	in := d.rotation()
	in.WorkloadsRenewed = false
	in.Handshakes = func(context.Context) (map[string][]handshake.Result, error) {
		return gateways{
			"east": {behindGateway("203.0.113.1:15443", d.signer("east"), d.roots()...)},
			"west": {behindGateway("203.0.113.2:15443", d.signer("west"), d.roots()...)},
		}, nil
	}
	if said := d.Problems(d.open().RotateRoot(t.Context(), in)); said != nil || !strings.HasPrefix(d.state(), "sign: ") {
		t.Errorf("phase sign: %q, %s", said, d.state())
	}
}
