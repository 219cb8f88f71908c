package reader_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// TestRotate: west knows the new credential before east gets it, and the old one ends last.
func TestRotate(t *testing.T) {
	h := rolledOut(t, testmesh.Both)
	old := h.held()
	journal := h.journal(0, nil)
	if err := reader.Rotate(t.Context(), h.rotation()); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"west: apply configmaps istio-system/mesh-inventory-shop",
		"west: apply secrets istio-system/mesh-reader-east-token-1", // without the guards against pruning, which the newest has
		"west: apply secrets istio-system/mesh-reader-east-token-2",
		"west: apply configmaps istio-system/mesh-inventory-shop",
		"east: apply secrets istio-system/istio-remote-secret-west",
		"west: delete secrets istio-system/mesh-reader-east-token-1",
		"west: apply configmaps istio-system/mesh-inventory-shop",
	}
	slices.Sort((*journal)[1:3]) // both at once
	if diff := cmp.Diff(want, *journal); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if held := h.held(); held == old || held != h.issued("2") || h.issued("1") != "" {
		t.Errorf("east has %q; west knows %q and %q", held, h.issued("1"), h.issued("2"))
	}
	if !slices.Equal(h.counting(), []int32{2}) || len(h.Files()) != 1 {
		t.Errorf("the workspace holds %v", h.Files())
	}
	wantMessages := []string{"east: no istiod runs in namespace istio-system", "begin: east reads west with generations 1 and 2", "west: its reader accounts exist",
		"verify: west accepts system:serviceaccount:istio-system:mesh-reader-east with generation 2",
		"east: its remote secret contains generation 2",
		"verify: west accepts system:serviceaccount:istio-system:mesh-reader-east with generation 2",
		"west: removed Secret istio-system/mesh-reader-east-token-1", "drop: east reads west with generation 2 only",
		"east-west is rotated: generation 2", "render the tree, and commit it with .kubectl-mesh/state.yaml: kubectl mesh render --output-dir deploy -f mesh.yaml"}
	if diff := cmp.Diff(wantMessages, h.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// TestRotateResumes: whichever change fails, east goes on with a token that counts, and the same command
// finishes the work.
func TestRotateResumes(t *testing.T) {
	gone := apierrors.NewInternalError(errors.New("etcd is gone"))
	for n := 1; n <= 7; n++ {
		h := rolledOut(t, testmesh.Both)
		h.journal(n, gone)
		err := reader.Rotate(t.Context(), h.rotation())
		if err == nil {
			t.Fatalf("change %d: no error", n)
		}
		left := "the old credential is unchanged"
		if n >= 6 { // the deletion, and the inventory after it
			left = "east has the new credential, but the old one is not revoked yet"
		}
		if said := h.Problems(err); !strings.HasSuffix(said[len(said)-1], " | "+left+"; to continue: "+
			"kubectl mesh credentials rotate --link east-west -f mesh.yaml --apply") {
			t.Errorf("change %d: said %q", n, said)
		}
		h.journal(0, nil)
		if held := h.held(); held == "" || held != h.issued("1") && held != h.issued("2") {
			t.Errorf("change %d: east is cut off: it has %q, and west knows %q and %q", n, held, h.issued("1"), h.issued("2"))
		}
		if err := reader.Rotate(t.Context(), h.rotation()); err != nil {
			t.Errorf("change %d: the second run: %v", n, err)
		}
		held, counting := h.held(), h.counting()
		if held != h.issued("2") || h.issued("1") != "" || !slices.Equal(counting, []int32{2}) {
			t.Errorf("change %d: in the end east has %q; west knows %q and %q; recorded is %v", n, held, h.issued("1"), h.issued("2"), counting)
		}
	}
}

// TestRotateInterrupted leaves the same behind as a failure.
func TestRotateInterrupted(t *testing.T) {
	h := rolledOut(t, testmesh.Both)
	ctx, cancel := context.WithCancel(t.Context())
	h.West.Intercept(func(request fakeapi.Request) any {
		if request.String() == "apply secrets istio-system/mesh-reader-east-token-2" {
			cancel()
		}
		return nil
	})
	if err := reader.Rotate(ctx, h.rotation()); !errors.Is(err, verdict.ErrInterrupted) {
		t.Errorf("got %v", err)
	}
	if err := reader.Rotate(t.Context(), h.rotation()); err != nil || h.held() != h.issued("2") {
		t.Errorf("the second run: %v; east has %q, west knows %q", err, h.held(), h.issued("2"))
	}
}

// TestNothingIsRotated where a cluster is not the intended one, or somebody says no.
func TestNothingIsRotated(t *testing.T) {
	const step = "nothing was changed in any cluster; if both cannot be reached from here, rotate step by step without --apply"
	no := errors.New("no")
	for _, test := range []struct {
		name, mesh string
		prepare    func(*fixture, *reader.RotateInput)
		want       []string
	}{
		{"east is another cluster", testmesh.Both, func(h *fixture, in *reader.RotateInput) {
			h.Connect(fakeapi.New(h.t, "uid-of-new"), h.West)
			*in = h.rotation()
		}, []string{`context "prod-east" points at another cluster: its UID is uid-of-new, and the UID of east is uid-east | ` +
			"correct context in mesh.yaml; if the cluster was re-created, remove the old uid from mesh.yaml and record the new one: " +
			"kubectl mesh collect --pin --cluster east -f mesh.yaml | " + step}},
		{"west is out of reach", clusters + testmesh.East + westAway, func(*fixture, *reader.RotateInput) {}, []string{
			"cluster west has no context | set context: NAME in mesh.yaml, or select one: --cluster west --context NAME | " + step}},
		{"somebody says no", testmesh.Both, func(_ *fixture, in *reader.RotateInput) {
			in.Confirm = func(_ context.Context, question string) error {
				if question != "rotate east's credential for west?" {
					t.Errorf("asked %q", question)
				}
				return no
			}
		}, []string{"no"}},
		{"mesh.yaml has the generations", westWith("readerGenerations: {east: [1]}"),
			func(*fixture, *reader.RotateInput) {}, []string{
				"mesh.yaml sets the valid credentials of east in west, and takes precedence over the recorded ones | set readerGenerations: {east: [1]} there, " +
					"or remove the field: .kubectl-mesh/state.yaml records it | " + step}},
	} {
		h := newFixture(t, test.mesh)
		in := h.rotation()
		test.prepare(h, &in)
		err := reader.Rotate(t.Context(), in)
		if diff := cmp.Diff(test.want, h.Problems(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if changed, written := h.changed(), h.Files(); len(changed)+len(written) > 0 {
			t.Errorf("%s: changed %v, wrote %v", test.name, changed, written)
		}
	}
}

// TestNotRotatable: there is nothing to change, or nobody who would sign it.
func TestNotRotatable(t *testing.T) {
	for _, test := range []struct {
		name, reader, want string
	}{
		{"federated", "reader: {auth: federated}", "east has no credential for west: it sends a token that the kubelet renews, within the hour | " +
			"after its issuer's keys change: kubectl mesh collect --token=skip --cluster east -f mesh.yaml, then render and serve the documents; " +
			"to revoke it: kubectl mesh credentials revoke"},
		{"a client certificate on EKS", "reader: {auth: clientCertificate}, platform: eks", "west is on EKS, which signs no client certificates | use reader.auth: token for it"},
		{"no number is left", "readerGenerations: {east: [9999]}", "east-west has no generations left: 9999 is the last | set another reader.serviceAccount for the cluster, or rename the cluster"},
	} {
		h := newFixture(t, westWith(test.reader))
		err := reader.Begin(t.Context(), h.rotation())
		if said := h.Problems(err); len(said) != 1 || said[0] != test.want || !verdict.IsInput(err) {
			t.Errorf("%s: got %q, want %q", test.name, said, test.want)
		}
	}
}

// TestStepByStep: nobody reaches both clusters at once, so each step is a command of its own.
func TestStepByStep(t *testing.T) {
	h := rolledOut(t, testmesh.Both)
	for _, step := range []struct {
		name     string
		do       func() error
		err      []string
		messages []string
		counting []int32
	}{
		{name: "drop before it has begun", do: func() error { return reader.Drop(t.Context(), h.rotation()) },
			err: []string{"no rotation of east-west is in progress: generation 1 is valid | begin one: " + rotate}},
		{name: "abort before it has begun", do: func() error { return reader.Abort(t.Context(), h.rotation()) },
			err: []string{"no rotation of east-west is in progress | kubectl mesh credentials status -f mesh.yaml shows it"}},
		{name: "begin", do: func() error { return reader.Begin(t.Context(), h.rotation()) }, counting: []int32{1, 2},
			messages: []string{"begin: east reads west with generations 1 and 2", "render the tree, and commit it with .kubectl-mesh/state.yaml: kubectl mesh render --output-dir deploy -f mesh.yaml; " + bring + "; then: " + rotate}},
		{name: "begin twice", do: func() error { return reader.Begin(t.Context(), h.rotation()) }, counting: []int32{1, 2},
			err: []string{"a rotation of east-west is in progress: generations 1 and 2 are valid | finish it: " + rotate + "; or return to the old generation: " + rotate + " --abort"}},
		{name: "verify too early", do: func() error { return reader.Verify(t.Context(), h.rotation()) }, counting: []int32{1, 2},
			err: []string{`the remote secret in east: its credential belongs to "mesh-reader-east-token-1", not to generation 2, which is "mesh-reader-east-token-2" | ` +
				"apply the new one: " + bring}},
		{name: "drop too early", do: func() error { return reader.Drop(t.Context(), h.rotation()) }, counting: []int32{1, 2},
			err: []string{`the remote secret in east: its credential belongs to "mesh-reader-east-token-1", not to generation 2, which is "mesh-reader-east-token-2" | ` +
				"apply the new one: " + bring}},
		{name: "abort", do: func() error { return reader.Abort(t.Context(), h.rotation()) }, counting: []int32{1},
			messages: []string{"drop: east reads west with generation 1 only",
				"render the tree, and commit it with .kubectl-mesh/state.yaml: kubectl mesh render --output-dir deploy -f mesh.yaml; " + bring + "; only then: kubectl mesh render --apply --prune --cluster west -f mesh.yaml"}},
		{name: "begin again", do: func() error { return reader.Begin(t.Context(), h.rotation()) }, counting: []int32{1, 2},
			messages: []string{"begin: east reads west with generations 1 and 2", "render the tree, and commit it with .kubectl-mesh/state.yaml: kubectl mesh render --output-dir deploy -f mesh.yaml; " + bring + "; then: " + rotate}},
		{name: "verify", do: func() error { h.rollOut("east", "west"); return reader.Verify(t.Context(), h.rotation()) }, counting: []int32{1, 2},
			messages: []string{"verify: west accepts system:serviceaccount:istio-system:mesh-reader-east with generation 2"}},
		{name: "drop", do: func() error { return reader.Drop(t.Context(), h.rotation()) }, counting: []int32{2},
			messages: []string{"verify: west accepts system:serviceaccount:istio-system:mesh-reader-east with generation 2", "east: no istiod runs in namespace istio-system", "drop: east reads west with generation 2 only",
				"render the tree, and commit it with .kubectl-mesh/state.yaml: kubectl mesh render --output-dir deploy -f mesh.yaml; revoke the old one in west: kubectl mesh render --apply --prune --cluster west -f mesh.yaml"}},
	} {
		err := step.do()
		if diff := cmp.Diff(step.err, h.Problems(err)); diff != "" {
			t.Errorf("%s: error (-want +got):\n%s", step.name, diff)
		}
		if diff := cmp.Diff(step.messages, h.Messages); diff != "" {
			t.Errorf("%s: messages (-want +got):\n%s", step.name, diff)
		}
		if recorded := h.counting(); !slices.Equal(recorded, step.counting) {
			t.Errorf("%s: recorded %v, want %v", step.name, recorded, step.counting)
		}
		if changed := h.changed(); len(changed) > 0 {
			t.Errorf("%s: changed %v", step.name, changed)
		}
	}
}

// TestIsUnderWay goes by what is written.
func TestIsUnderWay(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	ws, _ := h.Open()
	if reader.IsUnderWay(ws, pair) {
		t.Error("it goes on before it has begun")
	}
	if err := reader.Begin(t.Context(), h.rotation()); err != nil {
		t.Fatal(err)
	}
	if ws, _ = h.Open(); !reader.IsUnderWay(ws, pair) {
		t.Error("it does not go on although it has begun")
	}
}
