package authority_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/authority"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// inPhaseTrust is a mesh with two roots whose clusters can be asked. There is no tree.
func inPhaseTrust(t *testing.T) *fixture {
	t.Helper()
	return inPhaseTrustOf(t, testmesh.Signing)
}

func inPhaseTrustOf(t *testing.T, mesh string) *fixture {
	t.Helper()
	d := &fixture{Fixture: testmesh.New(t, mesh), t: t}
	d.must(d.open().Init(t.Context(), trust.P256, true))
	d.must(d.open().Issue(t.Context(), authority.Members{All: true}, trust.P256, year))
	d.must(d.rotate())
	return d
}

// report has a cluster say which roots its workloads trust, and with which certificate it signs, since an hour before the
// tests run.
func (d *fixture) report(server *fakeapi.Server, roots, signing string) {
	d.reportSince(server, day.Add(-time.Hour), roots, signing)
}

func (d *fixture) reportSince(server *fakeapi.Server, since time.Time, roots, signing string) {
	changed := func(manager string, at time.Time) string {
		return ", managedFields: [{manager: " + manager + ", operation: Update, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {}, time: '" +
			at.Format(time.RFC3339) + "'}]}"
	}
	server.Put("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: istio-ca-root-cert" + changed("pilot-discovery", since) +
		", data: {root-cert.pem: " + fmt.Sprintf("%q", roots) + "}}")
	server.Put("{apiVersion: v1, kind: Secret, metadata: {namespace: istio-system, name: cacerts" + changed("mesh-cli", since.Add(-time.Minute)) +
		", data: {ca-cert.pem: " +
		base64.StdEncoding.EncodeToString([]byte(signing)) + "}}")
}

// asking goes on, or back, with a look at the clusters.
func (d *fixture) asking(step func(*authority.Authority, authority.RotateInput) error) []string {
	d.t.Helper()
	in := d.rotation()
	_, in.Clusters = d.Open()
	in.WorkloadsRenewed = false
	return d.Problems(step(d.open(), in))
}

func (d *fixture) forward() []string {
	d.t.Helper()
	return d.asking(func(a *authority.Authority, in authority.RotateInput) error { return a.RotateRoot(d.t.Context(), in) })
}

func (d *fixture) back() []string {
	d.t.Helper()
	return d.asking(func(a *authority.Authority, in authority.RotateInput) error {
		return a.AbortRotation(d.t.Context(), in)
	})
}

// TestClustersShowThePhase: what the clusters say counts as much as the tree.
func TestClustersShowThePhase(t *testing.T) {
	const apply = " | apply the phase first: kubectl mesh render --apply -f mesh.yaml"
	d := inPhaseTrust(t)
	files := d.Files()
	both, east, west := files["trust/root-cert.pem"], files["trust/east/ca-cert.pem"], files["trust/west/ca-cert.pem"]
	roots := d.certificates("trust/root-cert.pem")
	old := string(trust.EncodeCertificates(roots[0]))

	d.report(d.East, old, east)
	d.report(d.West, both, west)
	want := []string{fmt.Sprintf("the workloads of east do not trust root %.16s yet", trust.Fingerprint(roots[1])) + apply}
	if diff := cmp.Diff(want, d.forward()); diff != "" {
		t.Errorf("east is behind (-want +got):\n%s", diff)
	}

	d.report(d.East, both, west)
	want = []string{"east does not sign with the certificate in trust/east/ca-cert.pem yet" + apply}
	if diff := cmp.Diff(want, d.forward()); diff != "" {
		t.Errorf("east signs with another one (-want +got):\n%s", diff)
	}

	// Of a cluster that is another one nothing is known, and that is not enough.
	d.report(d.East, both, east)
	d.Connect(d.East, fakeapi.New(t, "uid-of-new"))
	want = []string{"the previous phase is not verified in west | render the tree, commit and apply it: kubectl mesh render --output-dir deploy -f mesh.yaml"}
	if diff := cmp.Diff(want, d.forward()); diff != "" {
		t.Errorf("west is another cluster (-want +got):\n%s", diff)
	}
	if want := `warning: west: the certificates cannot be read: context "prod-west" points at another cluster: its UID is uid-of-new, and the UID of west is uid-west`; !slices.Contains(d.Messages, want) {
		t.Errorf("got %q, want %q", d.Messages, want)
	}
	if diff := cmp.Diff(files, d.Files()); diff != "" {
		t.Errorf("written (-before +after):\n%s", diff)
	}

	d.Connect(d.East, d.West)
	if said := d.forward(); said != nil || !strings.HasPrefix(d.state(), "sign: ") {
		t.Errorf("all have it: %q, %s", said, d.state())
	}
}

// TestClustersKeepTheRoot that they sign under.
func TestClustersKeepTheRoot(t *testing.T) {
	d := inPhaseTrust(t)
	files := d.Files()
	d.report(d.East, files["trust/root-cert.pem"], files["trust/west/ca-cert.pem"])
	want := []string{"east does not sign with the certificate in trust/east/ca-cert.pem | render, commit and apply the previous phase: " +
		"kubectl mesh render --output-dir deploy -f mesh.yaml; kubectl mesh render --apply -f mesh.yaml"}
	if diff := cmp.Diff(want, d.back()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(files, d.Files()); diff != "" {
		t.Errorf("written (-before +after):\n%s", diff)
	}
	d.East.Remove("secrets", "istio-system/cacerts")
	if said := d.back(); said != nil || !strings.HasPrefix(d.state(), "steady: g1, ") {
		t.Errorf("nobody signs under the new one: %q, %s", said, d.state())
	}
}
