package apply

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// TestApply: the namespace comes first, then the announcement, then the objects kind by kind, then their UIDs.
func TestApply(t *testing.T) {
	server := fakeapi.New(t, "uid-east")
	s := begin(t, server)
	changes := plan(t, s, v1.Namespace(namespace).WithLabels(shop().Labels), account("reader"), configMap("options", "1"))
	s.Hold(secret("late"))
	server.Requests()
	made, err := s.Apply(t.Context(), changes)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"create Namespace istio-system", "create ServiceAccount istio-system/reader", "create ConfigMap istio-system/options"}
	if diff := cmp.Diff(want, refs(made)); diff != "" {
		t.Errorf("made (-want +got):\n%s", diff)
	}
	announced := []string{"ConfigMap istio-system/options", "Namespace istio-system", "Secret istio-system/late", "ServiceAccount istio-system/reader"}
	if diff := cmp.Diff(announced, listed(t, server)); diff != "" {
		t.Errorf("announced (-want +got):\n%s", diff)
	}
	settle(t, s)
	requests := []string{"apply namespaces istio-system", readInventory, writeInventory,
		"apply serviceaccounts istio-system/reader", "apply configmaps istio-system/options", writeInventory}
	if diff := cmp.Diff(requests, server.Requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	settled := []string{"ConfigMap istio-system/options configmaps/options#1", "Namespace istio-system namespaces/istio-system#1",
		"Secret istio-system/late", "ServiceAccount istio-system/reader serviceaccounts/reader#1"}
	if diff := cmp.Diff(settled, listed(t, server)); diff != "" {
		t.Errorf("settled (-want +got):\n%s", diff)
	}
}

// TestApplyUnchanged sends nothing but what changes, and counts the rest as done.
func TestApplyUnchanged(t *testing.T) {
	server := newCluster(t)
	rollOut(t, begin(t, server), configMap("same", "1"), configMap("other", "1"))
	server.Changes()
	s := begin(t, server)
	made, err := s.Apply(t.Context(), plan(t, s, configMap("same", "1"), configMap("other", "2")))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"unchanged ConfigMap istio-system/same", "configure ConfigMap istio-system/other"}, refs(made)); diff != "" {
		t.Errorf("made (-want +got):\n%s", diff)
	}
	settle(t, s)
	// The inventory has listed both with their UIDs before, so it is not written at all.
	if diff := cmp.Diff([]string{"apply configmaps istio-system/other"}, server.Changes()); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

// TestApplyStopsBehindAFailure: objects of the same kind are still applied, what may depend on the failed one is not.
func TestApplyStopsBehindAFailure(t *testing.T) {
	server := newCluster(t)
	server.On(apierrors.NewInternalError(errors.New("etcd is gone")), "apply serviceaccounts istio-system/bad")
	s := begin(t, server)
	made, err := s.Apply(t.Context(), plan(t, s, account("good"), account("bad"), configMap("after", "1")))
	if want := "apply ServiceAccount istio-system/bad: Internal error occurred: etcd is gone"; said(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if diff := cmp.Diff([]string{"create ServiceAccount istio-system/good"}, refs(made)); diff != "" {
		t.Errorf("made (-want +got):\n%s", diff)
	}
	if server.Get("configmaps", "istio-system/after") != nil {
		t.Error("what comes after the failure was applied")
	}
	settle(t, s)
	want := []string{"ConfigMap istio-system/after", "ServiceAccount istio-system/bad", "ServiceAccount istio-system/good serviceaccounts/good#1"}
	if diff := cmp.Diff(want, listed(t, server)); diff != "" {
		t.Errorf("the inventory (-want +got):\n%s", diff)
	}
}

// TestApplyConflict: another manager was faster than the apply.
func TestApplyConflict(t *testing.T) {
	server := newCluster(t)
	s := begin(t, server)
	changes := plan(t, s, configMap("options", "ours"))
	server.Apply("helm", "{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: options}, data: {a: theirs}}")
	made, err := s.Apply(t.Context(), changes)
	if conflict, ok := errors.AsType[*Conflict](err); !ok || conflict.Ref.Name != "options" || len(made) > 0 {
		t.Errorf("got %v, %v", made, err)
	}
}

// TestApplyWithoutAnnouncement: where the inventory cannot be written nothing is changed.
func TestApplyWithoutAnnouncement(t *testing.T) {
	for request, want := range map[string]string{
		readInventory:  "read inventory: Internal error occurred: etcd is gone",
		writeInventory: "write inventory: Internal error occurred: etcd is gone",
	} {
		server := newCluster(t)
		s := begin(t, server)
		changes := plan(t, s, account("reader"))
		server.On(apierrors.NewInternalError(errors.New("etcd is gone")), request)
		if made, err := s.Apply(t.Context(), changes); said(err) != want || len(made) > 0 {
			t.Errorf("%s: got %v, %v", request, made, err)
		}
		if changes := changing(server); len(changes) > 0 {
			t.Errorf("%s: changed %v", request, changes)
		}
	}
}

// TestApplyResumes: wherever a session ends, the inventory lists all that exists, and another one finishes its work.
func TestApplyResumes(t *testing.T) {
	objects := func() []render.Object { return []render.Object{account("a"), account("b"), configMap("c", "1")} }
	const steps = 5 // announce, three objects, settle
	for step := range steps {
		for _, how := range []string{"killed", "fails", "interrupted"} {
			server := newCluster(t)
			s := begin(t, server)
			changes := plan(t, s, objects()...)
			ctx, cancel := context.WithCancel(t.Context())
			seen := 0
			server.Intercept(func(request fakeapi.Request) any {
				if !request.Changes() {
					return nil
				}
				seen++
				switch {
				case seen == step+1 && how == "interrupted":
					cancel() // the API server does it all the same
				case seen == step+1 && how == "fails", seen > step+1 && how == "killed":
					return apierrors.NewInternalError(errors.New("etcd is gone"))
				}
				return nil
			})
			_, err := s.Apply(ctx, changes)
			errSettle := s.Settle(ctx)
			cancel()
			if err == nil && errSettle == nil && how != "interrupted" && (how != "killed" || step < steps-1) {
				t.Errorf("%s at %d: no error", how, step)
			}
			server.Intercept(nil)
			known := strings.Join(listed(t, server), "\n")
			for _, name := range server.Labelled("kubectl-mesh.dev/mesh", "shop") {
				if !strings.Contains(known, name) && !strings.Contains(name, "inventory") {
					t.Errorf("%s at %d: the inventory does not list %s", how, step, name)
				}
			}
			rollOut(t, begin(t, server), objects()...)
			want := []string{"ConfigMap istio-system/c configmaps/c#1",
				"ServiceAccount istio-system/a serviceaccounts/a#1", "ServiceAccount istio-system/b serviceaccounts/b#1"}
			if diff := cmp.Diff(want, listed(t, server)); diff != "" {
				t.Errorf("%s at %d: in the end (-want +got):\n%s", how, step, diff)
			}
		}
	}
}

// TestApplyBounded: an API server is not asked for more than a few objects at once, and every object is applied.
func TestApplyBounded(t *testing.T) {
	server := newCluster(t)
	s := begin(t, server)
	var objects []render.Object
	for i := range 40 {
		objects = append(objects, account("reader-"+string(rune('a'+i/26))+string(rune('a'+i%26))))
	}
	made, err := s.Apply(t.Context(), plan(t, s, objects...))
	if err != nil || len(made) != len(objects) {
		t.Errorf("made %d, %v", len(made), err)
	}
	if !slices.IsSortedFunc(made, func(a, b Change) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("what was made is not in the order of the plan")
	}
}
