package authority_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

const renewed = "run the same command again then; or restart the workloads there, then: kubectl mesh ca rotate --root --workloads-renewed -f mesh.yaml"

// arrived has both clusters show what is in trust/, since a moment.
func (d *fixture) arrived(since time.Time) {
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
			d := &fixture{Fixture: testmesh.New(t, test.mesh), t: t}
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
	if diff := cmp.Diff(want, d.Problems(d.open().RotateRoot(t.Context(), in))); diff != "" {
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
	d := &fixture{Fixture: testmesh.New(t, testmesh.Signing), t: t}
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
		"is not complete there | apply the phase first: kubectl mesh render --apply -f mesh.yaml", trust.Fingerprint(former.Certificate))}
	if diff := cmp.Diff(want, d.forward()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	d.arrived(day)
	if said := d.forward(); said != nil || !strings.HasPrefix(d.state(), "trust: ") {
		t.Errorf("all have it: %q, %s", said, d.state())
	}
}

// TestAbortWaits: who has signed under the new root may not be cut off from it either, so a lifetime passes after all went
// back, and what is printed goes back, not on.
func TestAbortWaits(t *testing.T) {
	d := inPhaseTrust(t)
	d.arrived(day.Add(-time.Hour))
	if said := d.forward(); said != nil {
		t.Fatal(said)
	}
	d.arrived(day.Add(-25 * time.Hour))
	if said := d.back(); said != nil {
		t.Fatal(said)
	}
	then := d.Messages[len(d.Messages)-1]
	if want := "; workloads have certificates under the old root after one certificate lifetime; then, to trust only that root: " +
		"kubectl mesh ca rotate --root --abort -f mesh.yaml"; !strings.HasSuffix(then, want) {
		t.Errorf("got %q, want %q behind it", then, want)
	}
	if got := d.state(); !strings.HasPrefix(got, "trust: g1 g2, east g3 under g1") {
		t.Errorf("back from sign: %s", got)
	}
	d.arrived(day.Add(-time.Hour))
	want := []string{"phase sign is not complete in east, west before 2026-06-02 11:00 UTC | run the same command again then; or restart the workloads " +
		"there, then: kubectl mesh ca rotate --root --abort --workloads-renewed -f mesh.yaml"}
	if diff := cmp.Diff(want, d.back()); diff != "" {
		t.Errorf("too early (-want +got):\n%s", diff)
	}
	d.arrived(day.Add(-24 * time.Hour))
	if said := d.back(); said != nil || !strings.HasPrefix(d.state(), "steady: g1, ") || d.Recorded("east").RootPhase != nil {
		t.Errorf("after a lifetime: %q, %s, recorded %+v", said, d.state(), d.Recorded("east").RootPhase)
	}
}

// TestUnknownArrival: a cluster that does not tell since when it has a root keeps the phase open, until somebody says that
// its workloads are renewed.
func TestUnknownArrival(t *testing.T) {
	d := inPhaseTrust(t)
	d.arrived(day.Add(-time.Hour))
	for resource, name := range map[string]string{"configmaps": "istio-system/istio-ca-root-cert", "secrets": "istio-system/cacerts"} {
		object := d.East.Get(resource, name)
		object.SetManagedFields(nil)
		text, err := json.Marshal(object)
		d.must(err)
		d.East.Put(string(text))
	}
	want := []string{"the time at which phase trust was applied to east is unknown | restart the workloads there, then: " +
		"kubectl mesh ca rotate --root --workloads-renewed -f mesh.yaml"}
	if diff := cmp.Diff(want, d.forward()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if known := d.Recorded("west").RootPhase; known == nil || !known.Until.Equal(day.Add(-58*time.Minute)) {
		t.Errorf("recorded of west: %+v", known)
	}
	in := d.rotation()
	_, in.Clusters = d.Open()
	if err := d.open().RotateRoot(t.Context(), in); err != nil || !strings.HasPrefix(d.state(), "sign: ") {
		t.Errorf("with renewed workloads: %q, %s", d.Problems(err), d.state())
	}
}

// TestMinute: a phase is never said to end before it does.
func TestMinute(t *testing.T) {
	for after, want := range map[time.Duration]string{
		0:               "2026-06-01 12:00 UTC",
		1:               "2026-06-01 12:01 UTC",
		time.Minute - 1: "2026-06-01 12:01 UTC",
		time.Minute:     "2026-06-01 12:01 UTC",
		12 * time.Hour:  "2026-06-02 00:00 UTC",
	} {
		if got := authority.Minute(day.Add(after).In(time.FixedZone("", 7200))); got != want {
			t.Errorf("%s after noon: got %s, want %s", after, got, want)
		}
	}
}
