package sample_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/sample"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
)

// fixture has two clusters, of which each has the namespace of Istio.
func fixture(t *testing.T) (*testmesh.Fixture, sample.Input) {
	t.Helper()
	h := testmesh.New(t, testmesh.Both)
	for _, server := range []*fakeapi.Server{h.East, h.West} {
		server.Put("{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}")
	}
	ws, clusters := h.Open()
	return h, sample.Input{Workspace: ws, Clusters: clusters, Targets: []string{"east", "west"}, Log: h.Log}
}

// there are the objects of the sample in a cluster, and what the inventory lists of it.
func there(server *fakeapi.Server) []string {
	found := server.Labelled("app.kubernetes.io/managed-by", "kubectl-mesh")
	return slices.DeleteFunc(found, func(name string) bool { return !strings.Contains(name, "sample") })
}

// TestDuring: the sample is in both clusters while the work runs, and in none afterwards, however the work ends.
func TestDuring(t *testing.T) {
	failed := errors.New("west does not answer")
	for name, outcome := range map[string]error{"well": nil, "failed": failed} {
		h, in := fixture(t)
		err := sample.During(t.Context(), in, func(context.Context) error {
			for _, server := range []*fakeapi.Server{h.East, h.West} {
				if len(there(server)) == 0 {
					t.Errorf("%s: a cluster has no sample", name)
				}
			}
			return outcome
		})
		if !errors.Is(err, outcome) {
			t.Errorf("%s: got %v", name, err)
		}
		wantGone(t, name, h)
	}
}

func wantGone(t *testing.T, name string, h *testmesh.Fixture) {
	t.Helper()
	for _, server := range []*fakeapi.Server{h.East, h.West} {
		if left := there(server); len(left) > 0 {
			t.Errorf("%s: left: %q", name, left)
		}
	}
}

// TestDuringInterrupted: an interrupt does not keep the removal.
func TestDuringInterrupted(t *testing.T) {
	h, in := fixture(t)
	ctx, interrupt := context.WithCancel(t.Context())
	err := sample.During(ctx, in, func(ctx context.Context) error {
		interrupt()
		return ctx.Err()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	wantGone(t, "interrupted", h)
}

// TestDuringCannotDeploy: what one cluster got is taken back when another one refuses.
func TestDuringCannotDeploy(t *testing.T) {
	h, in := fixture(t)
	h.West.Intercept(func(r fakeapi.Request) any {
		if r.Verb == "apply" && r.Resource == "deployments" && !strings.Contains(r.String(), "dry") {
			return apierrors.NewForbidden(r.GroupResource(), r.Name, errors.New("quota exceeded"))
		}
		return nil
	})
	err := sample.During(t.Context(), in, func(context.Context) error {
		t.Error("the work ran")
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "quota exceeded") {
		t.Errorf("got %v", err)
	}
	wantGone(t, "refused", h)
}

// TestDuringKeeps: the sample of somebody else stays.
func TestDuringKeeps(t *testing.T) {
	h, in := fixture(t)
	h.East.Put("{apiVersion: v1, kind: Namespace, metadata: {name: sample}}")
	h.West.Put("{apiVersion: v1, kind: Namespace, metadata: {name: sample}}")
	h.East.Changes()
	if err := sample.During(t.Context(), in, func(context.Context) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if changes := h.East.Changes(); len(changes) > 0 {
		t.Errorf("changes: %q", changes)
	}
	want := []string{"east: the sample is already deployed", "west: the sample is already deployed"}
	slices.Sort(h.Messages)
	if diff := cmp.Diff(want, h.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}
