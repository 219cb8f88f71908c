package rollout_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

// TestDiff shows what differs, object by object, with credentials masked; it writes nothing.
func TestDiff(t *testing.T) {
	h := unlinked(t)
	h.Write("mesh.yaml", strings.Replace(oneWay, "'WEST'", "'https://203.0.113.20'", 1))
	found, err := rollout.Diff(t.Context(), h.input("east", "west"))
	if err != nil {
		t.Fatal(err)
	}
	const removes = " is no longer in the mesh (render --apply --prune deletes it)\n"
	east := `diff live Secret istio-system/istio-remote-secret-west mesh Secret istio-system/istio-remote-secret-west
--- live Secret istio-system/istio-remote-secret-west
+++ mesh Secret istio-system/istio-remote-secret-west
@@ -17,7 +17,7 @@
         certificate-authority-data:
         - sha256: SHA256
           subject: O=Acme Co
-        server: ` + h.West.URL + `
+        server: https://203.0.113.20
       name: west
     contexts:
     - context:
`
	authority, err := trust.ParseCertificates(h.West.CA)
	if err != nil {
		t.Fatal(err)
	}
	east = strings.Replace(east, "SHA256", trust.Fingerprint(authority[0]), 1)
	for _, name := range leftInEast() {
		east += "- " + name + removes
	}
	want := []string{"east: " + east, "west: - Secret istio-system/istio-remote-secret-east" + removes}
	got := []string{}
	for _, difference := range found {
		got = append(got, difference.Cluster+": "+difference.Text())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var actions []string
	for _, object := range found[0].Objects {
		actions = append(actions, object.Action+" "+object.String())
	}
	if first := "configure Secret istio-system/istio-remote-secret-west"; actions[0] != first || !slices.Contains(actions, "prune "+leftInEast()[0]) {
		t.Errorf("want %s first, then what is pruned; got %q", first, actions)
	}
	if changes := slices.Concat(h.East.Changes(), h.West.Changes()); len(changes) > 0 {
		t.Errorf("changed: %v", changes)
	}
	for _, difference := range found {
		if strings.Contains(difference.Text(), tokenOf(h.West, "east")) {
			t.Errorf("%s: the token is shown", difference.Cluster)
		}
	}
}

// TestDiffLater: a remote secret whose token is yet to come cannot be compared, which is said.
func TestDiffLater(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	found, err := rollout.Diff(t.Context(), h.input("east", "west"))
	if !errors.Is(err, verdict.ErrIncomplete) || len(found) != 2 || !strings.Contains(found[0].Text(), "+kind: Namespace\n") {
		t.Errorf("got %v, %v", found, err)
	}
	want := []string{
		"warning: east: not compared: Secret istio-system/istio-remote-secret-west: the token in Secret istio-system/mesh-reader-east-token-1 of west does not exist yet",
		"warning: west: not compared: Secret istio-system/istio-remote-secret-east: the token in Secret istio-system/mesh-reader-west-token-1 of east does not exist yet"}
	if diff := cmp.Diff(want, h.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// TestDiffWithoutKind: an object of a kind that the cluster lacks cannot be compared; the rest can.
func TestDiffWithoutKind(t *testing.T) {
	h := newFixture(t, guarded)
	h.apply(h.input("east", "west"))
	h.East.Lacks = []string{"validatingadmissionpolicies"}
	_, err := rollout.Diff(t.Context(), h.input("east", "west"))
	want := []string{"warning: east: not compared: ValidatingAdmissionPolicy mesh-remote-secrets: the cluster has no kind ValidatingAdmissionPolicy of " +
		"admissionregistration.k8s.io/v1 | install the CRD of ValidatingAdmissionPolicy first"}
	if diff := cmp.Diff(want, h.Messages); diff != "" || !errors.Is(err, verdict.ErrIncomplete) {
		t.Errorf("got %v, messages (-want +got):\n%s", err, diff)
	}
}

// TestDiffOfTheOthers: what can be seen is shown, whatever another cluster says.
func TestDiffOfTheOthers(t *testing.T) {
	h := unlinked(t)
	h.Write("mesh.yaml", strings.Replace(oneWay, "uid-east", "uid-of-old", 1))
	found, err := rollout.Diff(t.Context(), h.input("east", "west"))
	if len(found) != 1 || found[0].Cluster != "west" || err == nil {
		t.Errorf("got %v, %v", found, err)
	}
}
