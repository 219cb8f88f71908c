package authority_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

const renewed = "run the same command again then; or restart the workloads there, then: kubectl mesh ca rotate --root --workloads-renewed -f 'mesh.yaml'"

// arrived has both clusters show what is in trust/, since a moment.
func (d *desk) arrived(since time.Time) {
	d.t.Helper()
	files := d.Files()
	d.reportSince(d.East, since, files["trust/root-cert.pem"], files["trust/east/ca-cert.pem"])
	d.reportSince(d.West, since, files["trust/root-cert.pem"], files["trust/west/ca-cert.pem"])
}

// TestWorkloadsGoByThePhase before the next one begins: two minutes after roots came to sidecars, a lifetime of their
// certificates after signers changed, and in ambient after both.
func TestWorkloadsGoByThePhase(t *testing.T) {
	for name, test := range map[string]struct {
		mesh  string
		trust time.Duration
		sign  time.Duration
	}{
		"sidecars": {mesh: testmesh.Signing, trust: 2 * time.Minute, sign: 24 * time.Hour},
		"ambient":  {mesh: strings.Replace(testmesh.Signing, "spec:\n", "spec:\n  istio: {dataPlane: ambient}\n", 1), trust: 24 * time.Hour, sign: 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			d := &desk{House: testmesh.New(t, test.mesh), t: t}
			d.must(d.open().Init(t.Context(), trust.P256, true))
			d.must(d.open().Issue(t.Context(), authority.Members{All: true}, trust.P256, year))
			d.must(d.rotate())
			d.arrived(day.Add(time.Second - test.trust))
			said := d.forward()
			want := []string{"phase trust is not complete in east, west before 2026-06-01 12:01 UTC | " + renewed}
			if diff := cmp.Diff(want, said); diff != "" {
				t.Errorf("too early (-want +got):\n%s", diff)
			}
			d.arrived(day.Add(-test.trust))
			if said := d.forward(); said != nil || !strings.HasPrefix(d.state(), "sign: ") {
				t.Fatalf("phase sign: %q, %s", said, d.state())
			}
			d.arrived(day.Add(time.Hour - test.sign))
			want = []string{"phase sign is not complete in east, west before 2026-06-01 13:00 UTC | " + renewed}
			if diff := cmp.Diff(want, d.forward()); diff != "" {
				t.Errorf("dropped too early (-want +got):\n%s", diff)
			}
			if recorded := d.Recorded("west").RootPhase; recorded == nil || recorded.Phase != "sign" || !recorded.Until.Equal(day.Add(time.Hour)) {
				t.Errorf("recorded %+v", recorded)
			}
			d.arrived(day.Add(-test.sign))
			if said := d.forward(); said != nil || !strings.HasPrefix(d.state(), "steady: g2") {
				t.Errorf("phase drop: %q, %s", said, d.state())
			}
			if recorded := d.Recorded("west").RootPhase; recorded != nil {
				t.Errorf("after the rotation this is recorded: %+v", recorded)
			}
		})
	}
}

// TestLifetimeOfIstiod: what istiod is told counts instead of a day.
func TestLifetimeOfIstiod(t *testing.T) {
	d := inPhaseTrust(t)
	d.arrived(day.Add(-time.Hour))
	if said := d.forward(); said != nil {
		t.Fatal(said)
	}
	d.East.Put("{apiVersion: apps/v1, kind: Deployment, metadata: {namespace: istio-system, name: istiod}, spec: {template: {spec: {containers: " +
		"[{name: discovery, env: [{name: DEFAULT_WORKLOAD_CERT_TTL, value: 90m0s}]}]}}}}")
	d.arrived(day.Add(-time.Hour))
	said := d.forward()
	want := []string{"phase sign is not complete in east, west before 2026-06-02 11:00 UTC | " + renewed}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("west has certificates of a day (-want +got):\n%s", diff)
	}
	if until := d.Recorded("east").RootPhase.Until; !until.Equal(day.Add(30 * time.Minute)) {
		t.Errorf("east: recorded %s", until)
	}
}

// TestOfflineDemandsRenewedWorkloads, for nothing tells since when a phase is applied.
func TestOfflineDemandsRenewedWorkloads(t *testing.T) {
	d := inPhaseTrust(t)
	d.render()
	in := d.rotation()
	in.WorkloadsRenewed = false
	want := []string{"--offline cannot verify that phase trust is complete | restart the workloads of every cluster, or wait for one workload " +
		"certificate lifetime (24h0m0s unless istiod sets another); then add --workloads-renewed"}
	if diff := cmp.Diff(want, d.Said(d.open().RotateRoot(t.Context(), in))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRecordedPhase stands in for a cluster that cannot be reached any more, once it was seen.
func TestRecordedPhase(t *testing.T) {
	d := inPhaseTrust(t)
	d.render()
	d.arrived(day.Add(-time.Minute))
	d.forward() // too early, and recorded
	d.Write("mesh.yaml", strings.Replace(testmesh.Signing, "context: prod-west, ", "", 1))
	want := []string{"phase trust is not complete in east, west before 2026-06-01 12:01 UTC | " + renewed}
	report, err := d.open().Status(0)
	d.must(err)
	if phase := report.Clusters[1].RootPhase; phase == nil || authority.Minute(*phase.Until) != "2026-06-01 12:01 UTC" {
		t.Errorf("status of west: %+v", phase)
	}
	d.render()
	if diff := cmp.Diff(want, d.forward()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRotationBeginsWhenTheLastOneHasEnded in every cluster.
func TestRotationBeginsWhenTheLastOneHasEnded(t *testing.T) {
	d := &desk{House: testmesh.New(t, testmesh.Signing), t: t}
	d.must(d.open().Init(t.Context(), trust.P256, true))
	d.must(d.open().Issue(t.Context(), authority.Members{All: true}, trust.P256, year))
	key, err := trust.NewKey(trust.P256)
	d.must(err)
	former, err := trust.NewRoot("former", key, 1, day)
	d.must(err)
	d.arrived(day)
	files := d.Files()
	d.report(d.East, files["trust/root-cert.pem"]+string(trust.EncodeCertificates(former.Certificate)), files["trust/east/ca-cert.pem"])
	want := []string{fmt.Sprintf("the workloads of east still trust root %.16s, which is not in trust/root-cert.pem: the last root rotation "+
		"is not complete there | apply the phase first: kubectl mesh render --apply -f 'mesh.yaml'", trust.Fingerprint(former.Certificate))}
	if diff := cmp.Diff(want, d.forward()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	d.arrived(day)
	if said := d.forward(); said != nil || !strings.HasPrefix(d.state(), "trust: ") {
		t.Errorf("all have it: %q, %s", said, d.state())
	}
}
