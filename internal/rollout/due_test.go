package rollout_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
	"github.com/kubectl-mesh/kubectl-mesh/internal/verdict"
)

const (
	changeSecret  = "apply secrets istio-system/istio-remote-secret-west"
	restartIstiod = "apply deployments istio-system/istiod"
	goesOn        = "east: continuing an interrupted run: restarts istiod afterwards: " + endpointsGone
	byHand        = "restart it by hand: kubectl --kubeconfig=CONFIG --context=prod-east -n istio-system rollout restart deployment/istiod"
)

// faulty is a mesh that was rolled out to an east with a faulty istiod, and whose west then moved.
func faulty(t *testing.T, istiod *fakeapi.Istiod) *fixture {
	t.Helper()
	h := newFixture(t, testmesh.Both)
	h.apply(h.input("east", "west"))
	h.East.Intercept(istiod.Answer)
	h.Write("mesh.yaml", moved(""))
	h.East.Changes()
	return h
}

// accepting is another run, which may restart istiod and finds two endpoints of west before the change, and so many
// after.
func (h *fixture) accepting(after int) rollout.Input {
	h.t.Helper()
	in := h.input("east")
	in.AcceptRestart = true
	h.asks(&in, 2, after)
	return in
}

// killed has a run end with a request: what comes after it reaches no API server.
func (h *fixture) killed(in rollout.Input, last string, istiod *fakeapi.Istiod) {
	h.t.Helper()
	dead := false
	h.East.Intercept(func(request fakeapi.Request) any {
		if dead {
			return apierrors.NewInternalError(errors.New("nobody sends this"))
		}
		dead = request.String() == last
		return istiod.Answer(request)
	})
	if _, err := rollout.Apply(h.t.Context(), in); err == nil || !dead {
		h.t.Fatalf("it was not killed: %v", err)
	}
	h.East.Intercept(istiod.Answer)
	h.East.Changes()
}

// interrupted has a run interrupted at a request, which the API server still answers.
func (h *fixture) interrupted(in rollout.Input, at string, istiod *fakeapi.Istiod) {
	h.t.Helper()
	ctx, cancel := context.WithCancel(h.t.Context())
	defer cancel()
	h.East.Intercept(func(request fakeapi.Request) any {
		if request.String() == at {
			cancel()
		}
		return istiod.Answer(request)
	})
	if _, err := rollout.Apply(ctx, in); !errors.Is(err, verdict.ErrInterrupted) {
		h.t.Fatalf("it was not interrupted: %v", err)
	}
	h.East.Intercept(istiod.Answer)
	h.East.Changes()
}

// left is what the inventory of east says is due; empty for nothing.
func (h *fixture) left() string {
	object := h.East.Get("configmaps", "istio-system/mesh-inventory-shop")
	text, _ := object.Object["data"].(map[string]any)["due"].(string)
	return text
}

// TestRestartIsDue: a run that ends between the change of a remote secret and the restart of istiod leaves the restart to
// the next one, however it ends.
func TestRestartIsDue(t *testing.T) {
	for name, end := range map[string]func(*fixture, rollout.Input, *fakeapi.Istiod){
		"killed":      func(h *fixture, in rollout.Input, i *fakeapi.Istiod) { h.killed(in, changeSecret, i) },
		"interrupted": func(h *fixture, in rollout.Input, i *fakeapi.Istiod) { h.interrupted(in, changeSecret, i) },
	} {
		istiod := &fakeapi.Istiod{Version: "1.30.3"}
		h := faulty(t, istiod)
		end(h, h.accepting(2), istiod)
		if istiod.Restarts() > 0 || h.left() == "" {
			t.Fatalf("%s: restarted %d times, due is %q", name, istiod.Restarts(), h.left())
		}
		in := h.accepting(2)
		h.apply(in)
		if !slices.Contains(h.Messages, goesOn) || istiod.Restarts() != 1 || h.left() != "" {
			t.Errorf("%s: restarted %d times, due is %q, messages %q", name, istiod.Restarts(), h.left(), h.Messages)
		}
		if diff := cmp.Diff([]string{restartIstiod}, withoutInventory(h.East.Changes())); diff != "" {
			t.Errorf("%s: changes (-want +got):\n%s", name, diff)
		}
		h.apply(h.accepting(2))
		if changes := h.East.Changes(); len(changes) > 0 {
			t.Errorf("%s: a third run changes %v", name, changes)
		}
	}
}

// TestRestartIsAnnounced: the inventory knows of the restart before the change that it follows.
func TestRestartIsAnnounced(t *testing.T) {
	istiod := &fakeapi.Istiod{Version: "1.30.3"}
	h := faulty(t, istiod)
	h.killed(h.accepting(2), "apply configmaps istio-system/mesh-inventory-shop", istiod)
	want := `[{"name":"prove-endpoints","detail":{"west":[2]}},` +
		`{"name":"restart-istiod","detail":{"deployment":"istiod","rollout":"1","changed":["west"]}}]`
	if diff := cmp.Diff(want, h.left()); diff != "" {
		t.Errorf("due (-want +got):\n%s", diff)
	}
	if strings.Contains(remoteKubeconfig(h.East, "west"), "203.0.113.20") {
		t.Error("the remote secret was changed before")
	}
}

// TestDueRestartNeedsConsent: it is refused before the first change, with both ways out.
func TestDueRestartNeedsConsent(t *testing.T) {
	istiod := &fakeapi.Istiod{Version: "1.30.3"}
	h := faulty(t, istiod)
	h.killed(h.accepting(2), changeSecret, istiod)
	in := h.accepting(2)
	in.AcceptRestart = false
	_, err := rollout.Apply(t.Context(), in)
	want := []string{"east: an interrupted run did not restart istiod: " + endpointsGone + " | " + waysOut + " | " + byHand + " | " + nothingWasChanged}
	if diff := cmp.Diff(want, h.Problems(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if changes := h.East.Changes(); len(changes) > 0 || istiod.Restarts() > 0 {
		t.Errorf("changed: %v", changes)
	}
}

// TestDueRestartWasMade by hand, or with an upgrade to a release without the fault: then nobody has to accept one, and none
// is made.
func TestDueRestartWasMade(t *testing.T) {
	for name, test := range map[string]struct {
		since    func(*fakeapi.Istiod)
		messages string
		made     int
	}{
		"by hand": {func(i *fakeapi.Istiod) { i.Restart() },
			"east: istiod was restarted after an interrupted run changed its remote secrets: waiting until it is available", 1},
		"with an upgrade": {func(i *fakeapi.Istiod) { i.Version = "1.30.4" }, "", 0},
	} {
		istiod := &fakeapi.Istiod{Version: "1.30.3"}
		h := faulty(t, istiod)
		h.killed(h.accepting(2), changeSecret, istiod)
		test.since(istiod)
		in := h.accepting(2)
		in.AcceptRestart = false
		h.apply(in)
		if test.messages != "" && !slices.Contains(h.Messages, test.messages) {
			t.Errorf("%s: messages %q", name, h.Messages)
		}
		if istiod.Restarts() != test.made || h.left() != "" {
			t.Errorf("%s: restarted %d times, due is %q", name, istiod.Restarts(), h.left())
		}
	}
}

// TestDueRestartWithAnotherChange: a restart since does not count for a change that is still to come.
func TestDueRestartWithAnotherChange(t *testing.T) {
	istiod := &fakeapi.Istiod{Version: "1.30.3"}
	h := faulty(t, istiod)
	h.killed(h.accepting(2), changeSecret, istiod)
	istiod.Restart()
	h.Write("mesh.yaml", strings.Replace(moved(""), "203.0.113.20", "203.0.113.200", 1))
	h.apply(h.accepting(2))
	if istiod.Restarts() != 2 || h.left() != "" {
		t.Errorf("restarted %d times, due is %q", istiod.Restarts(), h.left())
	}
}

// TestRestartThatDidNotBecomeAvailable is not made again: the next run waits for it.
func TestRestartThatDidNotBecomeAvailable(t *testing.T) {
	istiod := &fakeapi.Istiod{Version: "1.30.3", Stuck: true}
	h := faulty(t, istiod)
	h.interrupted(h.accepting(2), restartIstiod, istiod)
	if istiod.Restarts() != 1 || !strings.Contains(h.left(), "restart-istiod") {
		t.Fatalf("restarted %d times, due is %q", istiod.Restarts(), h.left())
	}
	istiod.Stuck = false
	in := h.accepting(2)
	in.AcceptRestart = false
	h.apply(in)
	if istiod.Restarts() != 1 || h.left() != "" {
		t.Errorf("restarted %d times, due is %q", istiod.Restarts(), h.left())
	}
}

// TestDueRestartInADryRun: it is messages, and stays due.
func TestDueRestartInADryRun(t *testing.T) {
	istiod := &fakeapi.Istiod{Version: "1.30.3"}
	h := faulty(t, istiod)
	h.killed(h.accepting(2), changeSecret, istiod)
	h.dryRun(h.accepting(2), nil)
	if !slices.Contains(h.Messages, goesOn) || len(h.East.Changes()) > 0 || h.left() == "" {
		t.Errorf("due is %q, messages %q", h.left(), h.Messages)
	}
}

// TestProofIsDue: a run that ends before istiod has shown that it keeps the endpoints leaves the proof to the next one,
// which goes by what istiod knew before the change.
func TestProofIsDue(t *testing.T) {
	const lost = "east: istiod pod istiod-5b9c in east knows fewer endpoints of west than before the change: the whole cluster has 1 of 2 | " +
		"unless a rollout or scaling in west explains it, restart istiod: kubectl --kubeconfig=CONFIG --context=prod-east -n istio-system rollout restart deployment/istiod"
	for name, test := range map[string]struct {
		after    int
		want     []string
		messages string
	}{
		"they stayed": {2, nil, "east: 1 pod of istiod synced, with at least the 2 endpoints in west known before, for 1m0s"},
		"some went":   {1, []string{lost}, ""},
	} {
		istiod := &fakeapi.Istiod{Version: "1.31.1"} // without the fault, so that nothing but the proof is due
		h := faulty(t, istiod)
		h.killed(h.accepting(test.after), changeSecret, istiod)
		_, err := rollout.Apply(t.Context(), h.accepting(test.after))
		if diff := cmp.Diff(test.want, h.Problems(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if test.messages != "" && !slices.Contains(h.Messages, test.messages) {
			t.Errorf("%s: messages %q", name, h.Messages)
		}
		if h.left() != "" {
			t.Errorf("%s: there is an answer, and still due is %s", name, h.left())
		}
		h.apply(h.accepting(test.after))
	}
}

// TestProofStaysDue as long as istiod cannot be asked, and is dropped with the link that it is about.
func TestProofStaysDue(t *testing.T) {
	istiod := &fakeapi.Istiod{Version: "1.31.1"}
	h := faulty(t, istiod)
	h.killed(h.accepting(2), changeSecret, istiod)
	in := h.input("east")
	h.asks(&in, 2, 2).Refuses = errors.New("pods is forbidden")
	if _, err := rollout.Apply(t.Context(), in); !errors.Is(err, verdict.ErrIncomplete) || !strings.Contains(h.left(), "prove-endpoints") {
		t.Errorf("got %v, due is %q", err, h.left())
	}
	h.Write("mesh.yaml", moved("")+"  links: [{from: [west], to: [east]}]\n")
	in = h.accepting(2)
	in.Prune = true
	h.apply(in)
	if h.left() != "" {
		t.Errorf("nobody reads west any more, and due is %s", h.left())
	}
}

// withoutInventory leaves out the requests that write the inventory.
func withoutInventory(changes []string) []string {
	return slices.DeleteFunc(changes, func(change string) bool { return strings.Contains(change, "mesh-inventory") })
}
