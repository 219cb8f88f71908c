package rollout_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
)

// moved is a mesh in which west has another address than it was rolled out with: the remote secret in east changes.
func moved(spec string) string {
	return strings.Replace(strings.Replace(testmesh.Both, "spec:\n", "spec:\n"+spec, 1), "'WEST'", "'https://203.0.113.20'", 1)
}

const (
	endpointsGone = "changing the remote secret of west triggers known faults in Istio 1.30.3: istiod drops the endpoints of a cluster when its remote secret " +
		"changes, until istiod is restarted; the cluster is reported as synced (istio/istio issue 61043)"
	waysOut = "upgrade istiod of east to 1.30.4 or later first; or restart istiod after the change: --accept-restart; " +
		"or use reader.auth: federated, whose remote secrets never change"
	nothingWasChanged = "nothing was changed in any cluster"
)

// TestHazard: what a running istiod makes of a changed remote secret is known before anything is written anywhere.
func TestHazard(t *testing.T) {
	const declared = "  istio: {version: 1.30.3}\n"
	forbidden := func(r fakeapi.Request) any {
		if r.Resource == "deployments" {
			return apierrors.NewForbidden(schema.GroupResource{Group: "apps", Resource: "deployments"}, "", errors.New("no"))
		}
		return nil
	}
	for _, test := range []struct {
		name, mesh string
		istiod     func(fakeapi.Request) any
		accept     bool
		want       []string
	}{
		{"a faulty istiod", moved(""), (&fakeapi.Istiod{Version: "1.30.3"}).Answer, false,
			[]string{"east: " + endpointsGone + " | " + waysOut + " | " + nothingWasChanged}},
		{"mesh.yaml is ahead of what runs", moved("  istio: {version: 1.31.1}\n"), (&fakeapi.Istiod{Version: "1.30.3"}).Answer, false,
			[]string{"east: " + endpointsGone + " | " + waysOut + " | " + nothingWasChanged}},
		{"Deployments may not be listed", moved(declared), forbidden, false,
			[]string{"east: " + endpointsGone + " | " + waysOut + " | " + nothingWasChanged}},
		{"and the restart is accepted", moved(declared), forbidden, true,
			[]string{"east: istiod cannot be restarted: its Deployment was not found | give the context permission to list and patch Deployments, " +
				"or upgrade istiod first | " + nothingWasChanged}},
		{"the fix", moved(""), (&fakeapi.Istiod{Version: "1.30.4"}).Answer, false, nil},
		{"the fix runs, and mesh.yaml is behind", moved(declared), (&fakeapi.Istiod{Version: "1.30.4"}).Answer, false, nil},
		{"no istiod runs", moved(declared), func(r fakeapi.Request) any {
			if r.Resource == "deployments" {
				return map[string]any{"apiVersion": "apps/v1", "kind": "DeploymentList", "metadata": map[string]any{}, "items": []any{}}
			}
			return nil
		}, false, nil},
		{"nothing changes", testmesh.Both, (&fakeapi.Istiod{Version: "1.30.3"}).Answer, false, nil},
	} {
		h := newFixture(t, testmesh.Both)
		h.apply(h.input("east", "west"))
		h.East.Intercept(test.istiod)
		h.Write("mesh.yaml", test.mesh)
		h.East.Changes()
		h.West.Changes()
		in := h.input("east", "west")
		in.AcceptRestart = test.accept
		h.asks(&in, 2, 2)
		_, err := rollout.Apply(t.Context(), in)
		if diff := cmp.Diff(test.want, h.Problems(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if changes := slices.Concat(h.East.Changes(), h.West.Changes()); test.want != nil && len(changes) > 0 {
			t.Errorf("%s: changed: %v", test.name, changes)
		}
	}
}

// TestNewRemoteSecretsAreNoHazard: the faults are about changes.
func TestNewRemoteSecretsAreNoHazard(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	istiod := &fakeapi.Istiod{Version: "1.30.3"}
	h.East.Intercept(istiod.Answer)
	in := h.input("east", "west")
	in.AcceptRestart = true
	h.apply(in)
	if istiod.Restarts() > 0 {
		t.Error("istiod is restarted though no remote secret has changed")
	}
}

// TestAcceptRestart: the restart is part of what is announced, comes after the remote secret, and is awaited.
func TestAcceptRestart(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.apply(h.input("east", "west"))
	istiod := &fakeapi.Istiod{Version: "1.30.3"}
	h.East.Intercept(istiod.Answer)
	h.Write("mesh.yaml", moved(""))
	h.East.Changes()
	in := h.input("east", "west")
	in.AcceptRestart = true
	h.asks(&in, 2, 2)
	announced := false
	in.Confirm = func(context.Context, string) error {
		announced = slices.Contains(h.Messages, "east: restarts istiod afterwards: "+endpointsGone)
		return nil
	}
	h.apply(in)
	changes := slices.DeleteFunc(h.East.Changes(), func(change string) bool { return strings.Contains(change, "mesh-inventory") })
	want := []string{"apply secrets istio-system/istio-remote-secret-west", "apply deployments istio-system/istiod"}
	if diff := cmp.Diff(want, changes); diff != "" || istiod.Restarts() != 1 || !announced {
		t.Errorf("announced %t, restarted %d times, changes (-want +got):\n%s", announced, istiod.Restarts(), diff)
	}
}

// TestRestartFails: the cluster has failed, and the command that helps is named.
func TestRestartFails(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.apply(h.input("east", "west"))
	istiod := &fakeapi.Istiod{Version: "1.30.3", Stuck: true}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	asked := 0
	h.East.Intercept(func(request fakeapi.Request) any {
		if istiod.Restarts() > 0 && request.String() == "get deployments istio-system/istiod" {
			if asked++; asked > 1 {
				cancel() // patience is over
			}
		}
		return istiod.Answer(request)
	})
	h.Write("mesh.yaml", moved(""))
	in := h.input("east")
	in.AcceptRestart = true
	_, err := rollout.Apply(ctx, in)
	said := strings.Join(h.Problems(err), "\n")
	for _, want := range []string{"east: Deployment istio-system/istiod was restarted but is not available: its controller has not seen the restart",
		"kubectl -n istio-system rollout status deployment/istiod", "which requires a restart: kubectl --kubeconfig=CONFIG --context=prod-east -n istio-system rollout restart deployment/istiod"} {
		if !strings.Contains(said, want) {
			t.Errorf("got %s\nwant %s", said, want)
		}
	}
}

// TestHazardInADryRun: it is found there too.
func TestHazardInADryRun(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.apply(h.input("east", "west"))
	h.East.Intercept((&fakeapi.Istiod{Version: "1.30.3"}).Answer)
	h.Write("mesh.yaml", moved(""))
	in := h.input("east", "west")
	in.DryRun = true
	reports, err := rollout.Apply(t.Context(), in)
	if diff := cmp.Diff([]string{"east: " + endpointsGone + " | " + waysOut}, h.Problems(err)); diff != "" || len(reports) != 2 {
		t.Errorf("got %d reports (-want +got):\n%s", len(reports), diff)
	}
}
