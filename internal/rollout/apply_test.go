package rollout_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

// changesIn are what a first rollout does to a cluster, in this order: the inventory knows of everything
// before it is there, accounts come before permissions, and the remote secret comes last.
func changesIn(reader string) []string {
	return []string{
		"apply namespaces istio-system",
		"apply configmaps istio-system/mesh-inventory-shop",
		"apply serviceaccounts istio-system/mesh-reader-" + reader,
		"apply roles istio-system/mesh-reader",
		"apply clusterroles mesh-reader",
		"apply rolebindings istio-system/mesh-reader-" + reader,
		"apply clusterrolebindings mesh-reader-" + reader,
		"apply secrets istio-system/mesh-reader-" + reader + "-token-1",
		"apply secrets istio-system/istio-remote-secret-" + reader,
		"apply configmaps istio-system/mesh-inventory-shop",
	}
}

func TestApply(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	before := h.Files()
	var stages []string
	in := h.input("east", "west")
	in.Progress = func(cluster, done string) { stages = append(stages, cluster+": "+done) }
	reports := h.apply(in)

	if diff := cmp.Diff(changesIn("west"), h.East.Changes()); diff != "" {
		t.Errorf("changes of east (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(changesIn("east"), h.West.Changes()); diff != "" {
		t.Errorf("changes of west (-want +got):\n%s", diff)
	}
	if got := h.tokenIn(h.East, "west"); got == "" || got != tokenOf(h.West, "east") {
		t.Errorf("east reads west with %q, and west has given it %q", got, tokenOf(h.West, "east"))
	}
	if got := h.tokenIn(h.West, "east"); got == "" || got != tokenOf(h.East, "west") {
		t.Errorf("west reads east with %q, and east has given it %q", got, tokenOf(h.East, "west"))
	}
	for _, server := range []*fakeapi.Server{h.East, h.West} {
		known, announced := h.inventory(server)
		if diff := cmp.Diff(ours(server), known); diff != "" || announced != nil {
			t.Errorf("the inventory; only announced are %v (-there +known):\n%s", announced, diff)
		}
	}
	for _, report := range reports {
		if got, want := report.Summary(), "8 created, 0 changed, 0 unchanged"; got != want {
			t.Errorf("%s: got %q, want %q", report.Cluster, got, want)
		}
	}
	wantMessages := slices.Concat([]string{"east: 8 to create, 0 to change, 0 unchanged"}, h.created("east", "west", "WEST"),
		[]string{"west: 8 to create, 0 to change, 0 unchanged"}, h.created("west", "east", "EAST"))
	if diff := cmp.Diff(wantMessages, h.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	wantStages := []string{"east: applied accounts, permissions and gateways", "west: applied accounts, permissions and gateways",
		"east: applied remote secrets", "west: applied remote secrets"}
	if diff := cmp.Diff(wantStages, stages); diff != "" {
		t.Errorf("stages (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, h.Files()); diff != "" {
		t.Errorf("a token goes through memory alone; the workspace (-before +after):\n%s", diff)
	}
}

// TestApplyTwice: the second time there is nothing to do, and nobody is asked whether to do it.
func TestApplyTwice(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.apply(h.input("east", "west"))
	h.East.Changes()
	h.West.Changes()
	in := h.input("east", "west")
	in.Confirm = func(context.Context, string) error { t.Error("somebody is asked"); return nil }
	for _, report := range h.apply(in) {
		if got, want := report.Summary(), "0 created, 0 changed, 8 unchanged"; got != want {
			t.Errorf("%s: got %q, want %q", report.Cluster, got, want)
		}
	}
	if changes := slices.Concat(h.East.Changes(), h.West.Changes()); len(changes) > 0 {
		t.Errorf("changed: %v", changes)
	}
}

// TestSlowTokens: an API server fills in a token a moment after the Secret is there.
func TestSlowTokens(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.East.SlowTokens, h.West.SlowTokens = 2, 2
	h.apply(h.input("east", "west"))
	if h.tokenIn(h.East, "west") == "" || h.tokenIn(h.West, "east") == "" {
		t.Error("a remote secret has no token")
	}
}

func TestDryRun(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	before := h.Files()
	in := h.input("east", "west")
	in.Confirm = func(context.Context, string) error { t.Error("somebody is asked"); return nil }
	reports := h.dryRun(in, verdict.ErrIncomplete)
	if changes := slices.Concat(h.East.Changes(), h.West.Changes()); len(changes) > 0 {
		t.Errorf("changed: %v", changes)
	}
	if diff := cmp.Diff(before, h.Files()); diff != "" {
		t.Errorf("the workspace (-before +after):\n%s", diff)
	}
	var created []string
	for _, change := range reports[0].Changes {
		created = append(created, string(change.Action)+" "+change.Ref.String())
		if isRemote := change.Name == "istio-remote-secret-west"; isRemote != (change.APIServer != "") {
			t.Errorf("%s leads to %q", change.Ref, change.APIServer)
		}
	}
	want := []string{"create Namespace istio-system", "create ServiceAccount istio-system/mesh-reader-west", "create Role istio-system/mesh-reader",
		"create ClusterRole mesh-reader", "create RoleBinding istio-system/mesh-reader-west", "create ClusterRoleBinding mesh-reader-west",
		"create Secret istio-system/mesh-reader-west-token-1", "create Secret istio-system/istio-remote-secret-west"}
	if diff := cmp.Diff(want, created); diff != "" {
		t.Errorf("east would get (-want +got):\n%s", diff)
	}
}

func TestConfirm(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	no, question := errors.New("no"), ""
	in := h.input("east", "west")
	in.Confirm = func(_ context.Context, asked string) error { question = asked; return no }
	reports, err := rollout.Apply(t.Context(), in)
	if !errors.Is(err, no) || reports != nil || question != "apply this to 2 clusters?" {
		t.Errorf("asked %q: got %v, %v", question, reports, err)
	}
	if changes := slices.Concat(h.East.Changes(), h.West.Changes()); len(changes) > 0 {
		t.Errorf("changed: %v", changes)
	}
}

// TestNothingWithoutProof: one cluster that is not the intended one keeps all others as they are.
func TestNothingWithoutProof(t *testing.T) {
	for _, test := range []struct {
		name, mesh string
		change     func(*fixture)
		want       []string
	}{
		{"a context leads elsewhere", testmesh.Both, func(h *fixture) { h.Connect(h.East, fakeapi.New(h.t, "uid-of-new")) }, []string{
			`west: context "prod-west" points at another cluster: its UID is uid-of-new, and the UID of west is uid-west | ` +
				"correct context in mesh.yaml; if the cluster was re-created, remove the old uid from mesh.yaml and record the new one: " +
				"kubectl mesh collect --pin --cluster west -f mesh.yaml | nothing was changed in any cluster"}},
		{"nothing is pinned", clusters + testmesh.East + noUID, func(*fixture) {}, []string{
			`west: context "prod-west" is not verified to point at west: no UID is recorded, and mesh.yaml ` +
				"does not declare its CA for this cluster only | verify it: kubectl --kubeconfig=CONFIG --context=prod-west cluster-info; " +
				"if it is the right cluster, record its UID: kubectl mesh collect --pin --cluster west -f mesh.yaml | nothing was changed in any cluster"}},
		{"one is not let in", testmesh.Both, func(h *fixture) {
			h.West.On(apierrors.NewUnauthorized("who are you?"), "get namespaces kube-system")
		}, []string{"west: read namespace kube-system: who are you? | log in again until this works: kubectl --kubeconfig=CONFIG " +
			"--context=prod-west auth whoami | nothing was changed in any cluster"}},
	} {
		h := newFixture(t, test.mesh)
		test.change(h)
		reports, err := rollout.Apply(t.Context(), h.input("east", "west"))
		if diff := cmp.Diff(test.want, h.Problems(err)); diff != "" || reports != nil {
			t.Errorf("%s: got reports %v (-want +got):\n%s", test.name, reports, diff)
		}
		if changes := slices.Concat(h.East.Changes(), h.West.Changes()); len(changes) > 0 {
			t.Errorf("%s: changed: %v", test.name, changes)
		}
	}
}

// TestPin records which cluster it was, before anything is changed there.
func TestPin(t *testing.T) {
	h := newFixture(t, clusters+testmesh.East+noUID)
	in := h.input("east", "west")
	in.Pin = true
	in.Confirm = func(context.Context, string) error {
		uid := h.Recorded("west").UID
		if !slices.Contains(h.Messages, "west: recorded its UID in .kubectl-mesh/state.yaml") || uid != "uid-west" || len(h.West.Changes()) > 0 {
			t.Errorf("at the first question: messages %v, recorded %q", h.Messages, uid)
		}
		return nil
	}
	h.apply(in)
	h.apply(h.input("east", "west")) // it is proven now
	if uid := h.Recorded("east").UID; uid != "" {
		t.Errorf("east was pinned already, and is pinned again: %q", uid)
	}
}

// TestPinFails: a UID that cannot be recorded stops before the first change.
func TestPinFails(t *testing.T) {
	const state = ".kubectl-mesh/state.yaml"
	for _, test := range []struct{ name, file, text, want string }{
		{"no directory can be made", ".kubectl-mesh", "no directory",
			"record the UID of west: open . for writing: .kubectl-mesh: a file where a directory is expected | move it to another directory: " +
				"kubectl mesh replaces only regular files, and does not follow links | nothing was changed in any cluster"},
		{"another command has recorded something", state, "{apiVersion: kubectl-mesh.dev/v1alpha1, kind: State, spec: {clusters: {west: {uid: u}}}}\n",
			"record the UID of west: " + state + ": the record of west changed by another process | run the same command again | " +
				"nothing was changed in any cluster"},
	} {
		h := newFixture(t, clusters+testmesh.East+noUID)
		in := h.input("east", "west")
		in.Pin = true
		h.Write(test.file, test.text)
		before := h.Files()
		_, err := rollout.Apply(t.Context(), in)
		if diff := cmp.Diff([]string{test.want}, h.Problems(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if changes := slices.Concat(h.East.Changes(), h.West.Changes()); len(changes) > 0 || !cmp.Equal(before, h.Files()) {
			t.Errorf("%s: changed: %v; the workspace holds %v", test.name, changes, h.Files())
		}
	}
}

// TestNoClusterIsAsked where the workspace itself cannot be applied.
func TestNoClusterIsAsked(t *testing.T) {
	for _, test := range []struct {
		name, mesh, target string
		want               []string
	}{
		{"an unknown cluster", testmesh.Both, "wets", []string{`no cluster "wets" in mesh.yaml | did you mean west?`}},
		{"a cluster without a context", apart, "west", []string{
			"cluster west has no context | set context: NAME in mesh.yaml, or select one: --cluster west --context NAME"}},
	} {
		h := newFixture(t, test.mesh)
		_, err := rollout.Apply(t.Context(), h.input("east", test.target))
		if diff := cmp.Diff(test.want, h.Problems(err)); diff != "" || !verdict.IsInput(err) {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if asked := slices.Concat(h.East.Requests(), h.West.Requests()); len(asked) > 0 {
			t.Errorf("%s: asked: %v", test.name, asked)
		}
	}
}
