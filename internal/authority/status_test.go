package authority_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// TestStatusSaysWhatIsNext, as long as a mesh of several istiods lacks certificates. A single istiod creates its own root.
func TestStatusSaysWhatIsNext(t *testing.T) {
	for name, test := range map[string]struct {
		mesh    string
		prepare func(*fixture)
		want    string
	}{
		"nothing is here": {testmesh.Signing, func(*fixture) {}, "kubectl mesh ca init, then: kubectl mesh ca issue --all"},
		"a root is here": {testmesh.Signing, func(d *fixture) { d.must(d.open().Init(t.Context(), trust.P256, true)) },
			"kubectl mesh ca issue --all"},
		"one certificate is missing": {testmesh.Signing, func(d *fixture) {
			d.must(d.open().Init(t.Context(), trust.P256, true))
			d.must(d.open().Issue(t.Context(), authority.Members{Cluster: "east"}, trust.P256, year))
		}, "kubectl mesh ca issue --all"},
		"all are here": {testmesh.Signing, func(d *fixture) {
			d.must(d.open().Init(t.Context(), trust.P256, true))
			d.must(d.open().Issue(t.Context(), authority.Members{All: true}, trust.P256, year))
		}, ""},
		"keys stay at their sites": {testmesh.Signing, (*fixture).atSites,
			"kubectl mesh ca init, then: kubectl mesh ca request and kubectl mesh ca sign for each cluster"},
		"one istiod": {testmesh.Mesh + "  reader: {allowNonExpiring: true}\n  clusters:\n" + testmesh.East, func(*fixture) {}, ""},
	} {
		d := newFixture(t, test.mesh)
		test.prepare(d)
		report, err := d.open().Status(0)
		d.must(err)
		if report.Next != test.want {
			t.Errorf("%s: got %q, want %q", name, report.Next, test.want)
		}
	}
}

// TestNeedAttention: what is missing is no fault of a certificate, and is said elsewhere.
func TestNeedAttention(t *testing.T) {
	report := authority.Report{
		Roots:    []authority.Line{{State: "ok"}, {State: "expiring"}},
		Clusters: []authority.Line{{State: "ok"}, {State: "expired"}, {State: "missing"}, {State: "refused"}},
	}
	if got := report.NeedAttention(); got != 3 {
		t.Errorf("got %d, want 3", got)
	}
	if got := (authority.Report{}).NeedAttention(); got != 0 {
		t.Errorf("nothing: got %d", got)
	}
}

// TestStatusOfRoots: more than two roots are those of another PKI, and of a broken file nothing is said but what it is.
func TestStatusOfRoots(t *testing.T) {
	d := issued(t, testmesh.Signing)
	two, three := issued(t, testmesh.Signing), issued(t, testmesh.Signing)
	d.Write("trust/root-cert.pem", d.Files()["trust/root-cert.pem"]+two.Files()["trust/root-cert.pem"]+three.Files()["trust/root-cert.pem"])
	report, err := d.open().Status(0)
	d.must(err)
	if len(report.Roots) != 3 || report.Phase != trust.PhaseSteady || len(report.Clusters[0].Root) != 3 {
		t.Errorf("got %+v", report)
	}
	d.Write("trust/root-cert.pem", "hello")
	_, err = d.open().Status(0)
	if said := d.Problems(err); len(said) != 1 || !strings.HasPrefix(said[0], "read trust/root-cert.pem: ") {
		t.Errorf("said %q", said)
	}
}

// TestPublishedNames: scripts read these names from -o json, so a change of one is a change of the interface.
func TestPublishedNames(t *testing.T) {
	applied, until := day, day.Add(time.Hour)
	certificate := trust.Status{Cluster: "east", Subject: "CN=shop east g1", Issuer: "CN=shop root CA g1", Serial: "1f", SHA256: "aa",
		Algorithm: "ECDSA P-256", NotBefore: day, NotAfter: day.AddDate(1, 0, 0), Generation: 1}
	report := authority.Report{Mesh: "shop", Phase: trust.PhaseSign, Next: "kubectl mesh ca issue --all", Roots: []authority.Line{}, Clusters: []authority.Line{
		{Status: certificate, State: "refused", Reason: "why", Root: []string{"bb"},
			RootPhase: &mesh.RootPhase{Phase: "sign", Root: "bb", Applied: &applied, Until: &until}},
		{Status: trust.Status{Cluster: "west"}, State: "missing"},
	}}
	const want = `{
  "mesh": "shop",
  "phase": "sign",
  "roots": [],
  "clusters": [
    {
      "cluster": "east",
      "subject": "CN=shop east g1",
      "issuer": "CN=shop root CA g1",
      "serial": "1f",
      "sha256": "aa",
      "algorithm": "ECDSA P-256",
      "notBefore": "2026-06-01T12:00:00Z",
      "notAfter": "2027-06-01T12:00:00Z",
      "generation": 1,
      "state": "refused",
      "reason": "why",
      "rootSHA256": [
        "bb"
      ],
      "rootPhase": {
        "phase": "sign",
        "root": "bb",
        "applied": "2026-06-01T12:00:00Z",
        "until": "2026-06-01T13:00:00Z"
      }
    },
    {
      "cluster": "west",
      "subject": "",
      "issuer": "",
      "serial": "",
      "sha256": "",
      "algorithm": "",
      "notBefore": "0001-01-01T00:00:00Z",
      "notAfter": "0001-01-01T00:00:00Z",
      "state": "missing"
    }
  ],
  "next": "kubectl mesh ca issue --all"
}`
	got, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
