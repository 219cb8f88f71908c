package reader_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
	if diff := cmp.Diff([]string{"east: " + endpointsGone + " | " + waysOut + " | nothing was changed in any cluster"}, h.Said(err)); diff != "" {
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
		t.Fatal(h.Said(err))
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
	told := strings.Join(h.Told, "\n")
	if !strings.HasPrefix(told, "east: restarts istiod afterwards: "+endpointsGone+"\n") || !strings.Contains(told, "\neast: istiod is restarted and available\nverify: ") || !strings.Contains(told, "\neast: 1 pod of istiod synced, ") {
		t.Errorf("told\n%s", told)
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
		h := newHouse(t, strings.Replace(testmesh.Both, "spec:\n", "spec:\n"+test.spec, 1))
		if err := reader.Begin(t.Context(), h.rotation()); err != nil {
			t.Fatal(h.Said(err))
		}
		if len(h.Told) < 2 {
			t.Fatalf("%s: told %q", name, h.Told)
		}
		if diff := cmp.Diff(test.want, append([]string(nil), h.Told[1:len(h.Told)-1]...)); diff != "" {
			t.Errorf("%s: told (-want +got):\n%s", name, diff)
		}
	}
}
