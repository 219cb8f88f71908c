package apply

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
)

// find has a session find its orphans, before a test changes the cluster.
func find(t *testing.T, s *Session) []Orphan {
	t.Helper()
	found, err := s.Orphans(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestPrune deletes orphans one after the other, and the inventory forgets them, those that were gone too.
func TestPrune(t *testing.T) {
	server := orphaned(t, account("reader"), configMap("options", "1"), configMap("gone", "1"))
	server.Remove("configmaps", "istio-system/gone")
	s := begin(t, server)
	gone, err := s.Prune(t.Context(), find(t, s))
	if err != nil || len(gone) != 3 {
		t.Errorf("got %v, %v", gone, err)
	}
	settle(t, s)
	want := []string{"delete configmaps istio-system/options", "delete serviceaccounts istio-system/reader", writeInventory}
	if diff := cmp.Diff(want, server.Changes()); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if lines := listed(t, server); len(lines) > 0 {
		t.Errorf("the inventory lists %v", lines)
	}
}

// TestPruneAsksForTheUID: an object that was replaced between the look and the deletion stays, and the session stops.
func TestPruneAsksForTheUID(t *testing.T) {
	server := orphaned(t, configMap("a", "1"), configMap("replaced", "1"), account("reader"))
	s := begin(t, server)
	found := find(t, s)
	server.Remove("configmaps", "istio-system/replaced")
	server.Put("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: replaced, " + labels + "}}")
	server.Intercept(func(request fakeapi.Request) any {
		if request.Verb == "delete" && !strings.Contains(string(request.Body), `"uid":"`+request.Resource+"/"+request.Name+`#1"`) {
			t.Errorf("%s does not say which object is meant: %s", request, request.Body)
		}
		return nil
	})
	gone, err := s.Prune(t.Context(), found)
	want := `delete ConfigMap istio-system/replaced: Operation cannot be fulfilled on configmaps "replaced": ` +
		"the UID in the precondition is not that of the object"
	if said(err) != want || len(gone) != 1 {
		t.Errorf("got %v, %v; want %s", gone, err, want)
	}
	if server.Get("configmaps", "istio-system/replaced") == nil || server.Get("serviceaccounts", "istio-system/reader") == nil {
		t.Error("something else was deleted")
	}
	settle(t, s)
	left := []string{"ConfigMap istio-system/replaced configmaps/replaced#1", "ServiceAccount istio-system/reader serviceaccounts/reader#1"}
	if diff := cmp.Diff(left, listed(t, server)); diff != "" {
		t.Errorf("the inventory (-want +got):\n%s", diff)
	}
}

// TestPruneKeeps what Orphans says is to stay.
func TestPruneKeeps(t *testing.T) {
	server := orphaned(t, configMap("options", "1"))
	s := begin(t, server)
	found := find(t, s)
	found[0].Keep = "a reason"
	if gone, err := s.Prune(t.Context(), found); len(gone) > 0 || err != nil {
		t.Errorf("got %v, %v", gone, err)
	}
	if changes := server.Changes(); len(changes) > 0 {
		t.Errorf("changed: %v", changes)
	}
}

// TestPruneOfWhatIsGone between the look and the deletion is no failure.
func TestPruneOfWhatIsGone(t *testing.T) {
	server := orphaned(t, configMap("options", "1"))
	s := begin(t, server)
	found := find(t, s)
	server.Remove("configmaps", "istio-system/options")
	if gone, err := s.Prune(t.Context(), found); len(gone) != 1 || err != nil {
		t.Errorf("got %v, %v", gone, err)
	}
}

// TestPruneInterrupted deletes no more, and returns what is gone.
func TestPruneInterrupted(t *testing.T) {
	server := orphaned(t, configMap("a", "1"), configMap("b", "1"))
	s := begin(t, server)
	found := find(t, s)
	server.Changes()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if gone, err := s.Prune(ctx, found); !errors.Is(err, context.Canceled) || len(gone) > 0 || len(server.Changes()) > 0 {
		t.Errorf("got %v, %v", gone, err)
	}
}

// TestDelete goes by the name, whoever has applied the object, and by the labels.
func TestDelete(t *testing.T) {
	server := newCluster(t)
	server.Put("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: ours, " + labels + "}}")
	server.Put("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: theirs}}")
	named := func(kind, name string) Ref {
		return Ref{APIVersion: "v1", Kind: kind, Namespace: namespace, Name: name}
	}
	s := begin(t, server)
	gone, err := s.Delete(t.Context(), []Ref{named("ConfigMap", "theirs"), named("ConfigMap", "ours"), named("ConfigMap", "absent"),
		{APIVersion: "v1", Kind: "Namespace", Name: namespace}})
	want := "ConfigMap istio-system/theirs is kept: it no longer has the label app.kubernetes.io/managed-by=kubectl-mesh\n" +
		"Namespace istio-system is kept: kind Namespace is never deleted"
	if said(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if diff := cmp.Diff([]Entry{{Ref: named("ConfigMap", "ours"), UID: "configmaps/ours#1"}, {Ref: named("ConfigMap", "absent")}}, gone); diff != "" {
		t.Errorf("gone (-want +got):\n%s", diff)
	}
	settle(t, s)
	// Where there is no inventory a deletion makes none.
	if diff := cmp.Diff([]string{"delete configmaps istio-system/ours"}, server.Changes()); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

// TestDeleteForgets: the inventory no longer lists what was deleted, nor what did not exist.
func TestDeleteForgets(t *testing.T) {
	server := orphaned(t, configMap("a", "1"), configMap("b", "1"), configMap("c", "1"))
	server.Remove("configmaps", "istio-system/b")
	s := begin(t, server)
	refs := []Ref{
		{APIVersion: "v1", Kind: "ConfigMap", Namespace: namespace, Name: "a"},
		{APIVersion: "v1", Kind: "ConfigMap", Namespace: namespace, Name: "b"}}
	if _, err := s.Delete(t.Context(), refs); err != nil {
		t.Fatal(err)
	}
	settle(t, s)
	if diff := cmp.Diff([]string{"ConfigMap istio-system/c configmaps/c#1"}, listed(t, server)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestDeleteErrors: one that fails does not keep the next one, an interruption does.
func TestDeleteErrors(t *testing.T) {
	server := orphaned(t, configMap("a", "1"), configMap("b", "1"))
	server.On(apierrors.NewInternalError(errors.New("etcd is gone")), "delete configmaps istio-system/a")
	refs := []Ref{
		{APIVersion: "v1", Kind: "ConfigMap", Namespace: namespace, Name: "a"},
		{APIVersion: "v1", Kind: "ConfigMap", Namespace: namespace, Name: "b"}}
	s := begin(t, server)
	ctx, cancel := context.WithCancel(t.Context())
	gone, err := s.Delete(ctx, refs)
	if want := "delete ConfigMap istio-system/a: Internal error occurred: etcd is gone"; said(err) != want || len(gone) != 1 {
		t.Errorf("got %v, %v; want %s", gone, err, want)
	}
	cancel()
	server.Requests()
	if gone, err := s.Delete(ctx, refs); !errors.Is(err, context.Canceled) || gone != nil || len(server.Requests()) > 0 {
		t.Errorf("after the end: %v, %v", gone, err)
	}
}
