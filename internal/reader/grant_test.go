package reader_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeistiod"
)

// revoked is a mesh whose clusters have what it says, but for the access of east to west, which was revoked.
func revoked(t *testing.T, west string) *fixture {
	t.Helper()
	h := rolledOut(t, westWith(west))
	if err := reader.Revoke(t.Context(), h.revocation(pair)); err != nil {
		t.Fatal(h.Problems(err))
	}
	h.changed()
	return h
}

// TestGrantAgain: after a revocation there are no endpoints to compare with and no old credential to end, so istiod is
// not asked, and the new generation counts alone from the beginning.
func TestGrantAgain(t *testing.T) {
	h := revoked(t, "")
	in := h.rotation()
	in.Proof = (&fakeistiod.Istiod{Peer: "west", Refuses: errors.New("istiod is asked")}).Options()
	if err := reader.Rotate(t.Context(), in); err != nil {
		t.Fatal(h.Problems(err))
	}
	want := []string{
		"begin: east reads west with generation 2",
		"west: its reader accounts exist",
		"verify: west accepts system:serviceaccount:istio-system:mesh-reader-east with generation 2",
		"east: its remote secret contains generation 2",
		"verify: west accepts system:serviceaccount:istio-system:mesh-reader-east with generation 2",
		"east-west is rotated: generation 2",
		"render the tree, and commit it with .kubectl-mesh/state.yaml: kubectl mesh render --output-dir deploy -f mesh.yaml",
	}
	if diff := cmp.Diff(want, h.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	if h.held() == "" || h.held() != h.issued("2") || !slices.Equal(h.counting(), []int32{2}) {
		t.Errorf("east has %q, west knows %q, recorded is %v", h.held(), h.issued("2"), h.counting())
	}
}

// TestGrantContinues: the command that granted access would begin once more, so what is printed delivers the generation
// that is recorded.
func TestGrantContinues(t *testing.T) {
	for _, fails := range []string{
		"apply serviceaccounts istio-system/mesh-reader-east",
		"apply secrets istio-system/mesh-reader-east-token-2",
		"apply secrets istio-system/istio-remote-secret-west",
	} {
		h := revoked(t, "")
		gone := apierrors.NewInternalError(errors.New("etcd is gone"))
		h.East.On(gone, fails)
		h.West.On(gone, fails)
		said := h.Problems(reader.Rotate(t.Context(), h.rotation()))
		left := " | generation 2 is recorded; to continue: " + bring
		if len(said) != 1 || !strings.HasSuffix(said[0], left) {
			t.Errorf("%s: said %q, want %q behind it", fails, said, left)
		}
		h.East.Intercept(nil)
		h.West.Intercept(nil)
		h.rollOut("west")
		h.rollOut("east", "west")
		if err := reader.Verify(t.Context(), h.rotation()); err != nil || h.held() != h.issued("2") {
			t.Errorf("%s, continued: %v; east has %q, west knows %q", fails, h.Problems(err), h.held(), h.issued("2"))
		}
	}
}

// TestGrantFederated: no credential is delivered, so to continue is to apply both clusters; a second run finds nothing to
// rotate.
func TestGrantFederated(t *testing.T) {
	const federated = "reader: {auth: federated}"
	h := revoked(t, federated)
	h.West.On(apierrors.NewInternalError(errors.New("etcd is gone")), "apply clusterrolebindings mesh-reader-east")
	said := h.Problems(reader.Rotate(t.Context(), h.rotation()))
	want := " | generation 2 is recorded; to continue: kubectl mesh render --apply --cluster west -f mesh.yaml; " +
		"kubectl mesh render --apply --cluster east -f mesh.yaml"
	if len(said) != 1 || !strings.HasSuffix(said[0], want) {
		t.Errorf("said %q, want %q behind it", said, want)
	}

	h = revoked(t, federated)
	if err := reader.Rotate(t.Context(), h.rotation()); err != nil {
		t.Fatal(h.Problems(err))
	}
	if h.West.Get("clusterrolebindings", "mesh-reader-east") == nil || h.held() != "" {
		t.Errorf("west binds %v; east has the token %q", h.West.Get("clusterrolebindings", "mesh-reader-east"), h.held())
	}
	messages := []string{
		"begin: east reads west with generation 2",
		"west: its reader accounts exist",
		"east-west is rotated: generation 2",
		"render the tree, and commit it with .kubectl-mesh/state.yaml: kubectl mesh render --output-dir deploy -f mesh.yaml",
	}
	if diff := cmp.Diff(messages, h.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// TestGrantByHand: where no cluster is reached, the next step is no second begin.
func TestGrantByHand(t *testing.T) {
	const commit = "render the tree, and commit it with .kubectl-mesh/state.yaml: kubectl mesh render --output-dir deploy -f mesh.yaml; "
	for _, test := range []struct{ name, west, want string }{
		{"token", "", commit + bring + "; then: " + rotate + " --step verify"},
		{"federated", "reader: {auth: federated}", commit + "kubectl mesh render --apply --cluster west -f mesh.yaml; " +
			"kubectl mesh render --apply --cluster east -f mesh.yaml"},
	} {
		h := revoked(t, test.west)
		if err := reader.Begin(t.Context(), h.rotation()); err != nil {
			t.Fatal(h.Problems(err))
		}
		want := []string{"begin: east reads west with generation 2", test.want}
		if diff := cmp.Diff(want, h.Messages); diff != "" {
			t.Errorf("%s: messages (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestGrantIsTakenBack by the command that the plan prints; --abort has no generation to return to.
func TestGrantIsTakenBack(t *testing.T) {
	h := revoked(t, "")
	in := h.rotation()
	steps, err := reader.PlanRotation(in)
	if err != nil {
		t.Fatal(err)
	}
	const revoke = "kubectl mesh credentials revoke --link east-west -f mesh.yaml --apply"
	for _, step := range steps {
		if got := h.Normalize(step.Undo); got != revoke {
			t.Errorf("%s: %s: undone by %q, want %q", step.Location, step.Action, got, revoke)
		}
	}
	if err := reader.Rotate(t.Context(), in); err != nil {
		t.Fatal(h.Problems(err))
	}
	if err := reader.Revoke(t.Context(), h.revocation(pair)); err != nil {
		t.Fatal(h.Problems(err))
	}
	if h.issued("2") != "" || h.held() != "" || h.Recorded("west").RevokedReaders["east"] != 2 {
		t.Errorf("west knows %q, east has %q, recorded is %+v", h.issued("2"), h.held(), h.Recorded("west"))
	}
}

// TestGrantNothing: where the state of the credential cannot be recorded, no cluster is changed.
func TestGrantNothing(t *testing.T) {
	h := newFixture(t, westWith("revokedReaders: {east: 1}"))
	said := h.Problems(reader.Begin(t.Context(), h.rotation()))
	want := []string{"mesh.yaml sets the valid credentials of east in west, and takes precedence over the recorded ones | " +
		"set readerGenerations: {east: [2]} and revokedReaders: {east: 1} there, or remove the field: .kubectl-mesh/state.yaml records it"}
	if diff := cmp.Diff(want, said); diff != "" || len(h.changed()) > 0 {
		t.Errorf("changed %v, said (-want +got):\n%s", h.changed(), diff)
	}
}
