package reader_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/reader"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
)

const (
	endpointsGone = "changing the remote secret of west triggers known faults in Istio 1.30.3: istiod drops the endpoints of a cluster when its remote secret " +
		"changes, until istiod is restarted; the cluster is reported as synced (istio/istio issue 61043)"
	waysOut = "upgrade istiod of east to 1.30.4 or later first; or restart istiod after the change: --accept-restart; " +
		"or use reader.auth: federated, whose remote secrets never change"
)

// TestHazardStopsARotation: before the first change, in a cluster or in the workspace.
func TestHazardStopsARotation(t *testing.T) {
	h := rolledOut(t, testmesh.Both)
	h.East.Intercept((&fakeapi.Istiod{Version: "1.30.3"}).Answer)
	h.changed()
	before := h.Files()
	err := reader.Rotate(t.Context(), h.rotation())
	if diff := cmp.Diff([]string{"east: " + endpointsGone + " | " + waysOut + " | nothing was changed in any cluster"}, h.Problems(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if changed := h.changed(); len(changed) > 0 || cmp.Diff(before, h.Files()) != "" {
		t.Errorf("changed: %v, files %v", changed, h.Files())
	}
}

// TestRotateWithARestart: the old credential ends only when istiod has been restarted with the new one.
func TestRotateWithARestart(t *testing.T) {
	h := rolledOut(t, testmesh.Both)
	istiod := &fakeapi.Istiod{Version: "1.30.3"}
	var changes []string
	h.East.Intercept(func(r fakeapi.Request) any {
		if r.Changes() && !strings.Contains(r.String(), "inventory") {
			changes = append(changes, "east: "+r.String())
		}
		return istiod.Answer(r)
	})
	h.West.Intercept(func(r fakeapi.Request) any {
		if r.Changes() && !strings.Contains(r.String(), "inventory") {
			changes = append(changes, "west: "+r.String())
		}
		return nil
	})
	in := h.rotation()
	in.AcceptRestart = true
	h.asks(&in, 2, 2)
	if err := reader.Rotate(t.Context(), in); err != nil {
		t.Fatal(h.Problems(err))
	}
	want := []string{
		"west: apply secrets istio-system/mesh-reader-east-token-1",
		"west: apply secrets istio-system/mesh-reader-east-token-2",
		"east: apply secrets istio-system/istio-remote-secret-west",
		"east: apply deployments istio-system/istiod",
		"west: delete secrets istio-system/mesh-reader-east-token-1",
	}
	slices.Sort(changes[:2]) // both at once
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	messages := strings.Join(h.Messages, "\n")
	if !strings.HasPrefix(messages, "east: restarts istiod afterwards: "+endpointsGone+"\n") || !strings.Contains(messages, "\neast: istiod is restarted and available\nverify: ") || !strings.Contains(messages, "\neast: 1 pod of istiod synced, ") {
		t.Errorf("messages:\n%s", messages)
	}
}

// TestBeginWarns: a step that asks no cluster goes by the declared release, and stops nothing.
func TestBeginWarns(t *testing.T) {
	for name, test := range map[string]struct {
		spec string
		want []string
	}{
		"a severe fault": {"  istio: {version: 1.30.3}\n", []string{"warning: east: " + endpointsGone + " | upgrade istiod of east to 1.30.4 or later first; " +
			"or restart istiod after the change: kubectl -n istio-system rollout restart deployment/istiod; or use reader.auth: federated, whose remote secrets never change"}},
		"the fix":         {"  istio: {version: 1.30.4}\n", nil},
		"nothing is said": {"", nil},
		"a leak": {"  istio: {version: 1.31.0, dataPlane: ambient}\n", []string{"warning: east: changing the remote secret of west triggers known faults in " +
			"Istio 1.31.0: istiod leaks the cached state of a cluster when its remote secret changes, and its memory grows (istio/istio issue 60033)"}},
	} {
		h := newFixture(t, strings.Replace(testmesh.Both, "spec:\n", "spec:\n"+test.spec, 1))
		if err := reader.Begin(t.Context(), h.rotation()); err != nil {
			t.Fatal(h.Problems(err))
		}
		if len(h.Messages) < 2 {
			t.Fatalf("%s: messages %q", name, h.Messages)
		}
		if diff := cmp.Diff(test.want, append([]string(nil), h.Messages[1:len(h.Messages)-1]...)); diff != "" {
			t.Errorf("%s: messages (-want +got):\n%s", name, diff)
		}
	}
}

// TestRestartNeedsADeployment: a restart that is accepted and cannot be done stops the rotation as the fault does.
func TestRestartNeedsADeployment(t *testing.T) {
	h := rolledOut(t, strings.Replace(testmesh.Both, "spec:\n", "spec:\n  istio: {version: 1.30.3}\n", 1))
	h.East.Intercept(noDeployments)
	h.changed()
	in := h.rotation()
	in.AcceptRestart = true
	want := []string{"east: istiod cannot be restarted: its Deployment was not found | give the context permission to list and patch Deployments, " +
		"or upgrade istiod first | nothing was changed in any cluster"}
	if diff := cmp.Diff(want, h.Problems(reader.Rotate(t.Context(), in))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if changed := h.changed(); len(changed) > 0 || len(h.counting()) > 0 {
		t.Errorf("changed %v, recorded %v", changed, h.counting())
	}
}

// noDeployments may be seen.
func noDeployments(request fakeapi.Request) any {
	if request.Resource == "deployments" {
		return apierrors.NewForbidden(request.GroupResource(), "", errors.New("no"))
	}
	return nil
}

// TestUnknownRelease: no fault is known of a release that nothing tells, which is said, and stops nothing.
func TestUnknownRelease(t *testing.T) {
	h := rolledOut(t, testmesh.Both)
	h.East.Intercept(noDeployments)
	in := h.rotation()
	h.asks(&in, 2, 2)
	if err := reader.Rotate(t.Context(), in); err != nil {
		t.Fatal(h.Problems(err))
	}
	want := "warning: east: the version of istiod is unknown, so known faults were not checked | set istio.version of east"
	if len(h.Messages) == 0 || h.Messages[0] != want || h.issued("1") != "" {
		t.Errorf("got %q, want %q first", h.Messages, want)
	}
}

// TestFaultyDeployments: where the API server fails to answer, nothing is known of istiod, and nothing is changed.
func TestFaultyDeployments(t *testing.T) {
	h := rolledOut(t, testmesh.Both)
	h.East.Intercept(func(request fakeapi.Request) any {
		if request.Resource == "deployments" {
			return apierrors.NewInternalError(errors.New("etcd is gone"))
		}
		return nil
	})
	h.changed()
	said := h.Problems(reader.Rotate(t.Context(), h.rotation()))
	if len(said) != 1 || !strings.Contains(said[0], "etcd is gone") || !strings.HasSuffix(said[0], " | nothing was changed in any cluster") ||
		strings.Contains(said[0], "--offline") || len(h.changed()) > 0 { // without istiod no fault can be excluded
		t.Errorf("said %q", said)
	}
}

// TestWaivedFault: a build with the fix of its own is named with its reason, and is not restarted.
func TestWaivedFault(t *testing.T) {
	h := rolledOut(t, strings.Replace(testmesh.Both, "spec:\n", "spec:\n  waivers: [{rule: MESH073, reason: our build has the fix}]\n", 1))
	istiod := &fakeapi.Istiod{Version: "1.30.3"}
	h.East.Intercept(istiod.Answer)
	in := h.rotation()
	in.AcceptRestart = true
	h.asks(&in, 2, 2)
	if err := reader.Rotate(t.Context(), in); err != nil {
		t.Fatal(h.Problems(err))
	}
	want := "warning: east: " + endpointsGone + "; waived (MESH073): our build has the fix"
	if len(h.Messages) == 0 || h.Messages[0] != want || istiod.Restarts() > 0 {
		t.Errorf("%d restarts, messages %q, want %q first", istiod.Restarts(), h.Messages, want)
	}
}
