package rollout_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/testmesh"
)

// unlinked is a mesh that was rolled out both ways and then lost the link from west to east.
func unlinked(t *testing.T) *fixture {
	t.Helper()
	h := newFixture(t, testmesh.Both)
	h.apply(h.input("east", "west"))
	h.East.Changes()
	h.West.Changes()
	h.Write("mesh.yaml", oneWay)
	return h
}

// leftInEast is what a reader from west had, in the order of its removal: first what gives access.
func leftInEast() []string {
	return []string{"Secret istio-system/mesh-reader-west-token-1", "ClusterRoleBinding mesh-reader-west",
		"RoleBinding istio-system/mesh-reader-west", "ClusterRole mesh-reader", "Role istio-system/mesh-reader",
		"ServiceAccount istio-system/mesh-reader-west"}
}

func TestPrune(t *testing.T) {
	h := unlinked(t)
	in := h.input("east", "west")
	in.Prune = true
	reports := h.apply(in)
	want := []string{"apply configmaps istio-system/mesh-inventory-shop",
		"delete secrets istio-system/mesh-reader-west-token-1", "delete clusterrolebindings mesh-reader-west",
		"delete rolebindings istio-system/mesh-reader-west", "delete clusterroles mesh-reader", "delete roles istio-system/mesh-reader",
		"delete serviceaccounts istio-system/mesh-reader-west", "apply configmaps istio-system/mesh-inventory-shop"}
	changes := h.East.Changes()
	if changes[0] != want[0] { // the inventory is announced again only when something else is to come
		want = want[1:]
	}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Errorf("changes of east (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"delete secrets istio-system/istio-remote-secret-east", "apply configmaps istio-system/mesh-inventory-shop"},
		h.West.Changes()); diff != "" {
		t.Errorf("changes of west (-want +got):\n%s", diff)
	}
	if got, want := reports[0].Summary(), "0 created, 0 changed, 2 unchanged, 6 removed"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var removes []string
	for _, name := range leftInEast() {
		removes = append(removes, "east: deletes "+name)
	}
	wantMessages := slices.Concat([]string{"east: 0 to create, 0 to change, 2 unchanged, 6 to remove"}, removes,
		[]string{"west: 0 to create, 0 to change, 7 unchanged, 1 to remove", "west: deletes Secret istio-system/istio-remote-secret-east"})
	if diff := cmp.Diff(wantMessages, h.Messages); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	for _, server := range []*fakeapi.Server{h.East, h.West} {
		if known, _ := h.inventory(server); !slices.Equal(known, ours(server)) {
			t.Errorf("there are %v, and the inventory knows %v", ours(server), known)
		}
	}
	h.apply(in) // nothing is left to do
	if changes := slices.Concat(h.East.Changes(), h.West.Changes()); len(changes) > 0 {
		t.Errorf("a second time: %v", changes)
	}
}

// TestPruneKeepsHeldBack: a remote secret whose credential does not exist is still one of the mesh.
func TestPruneKeepsHeldBack(t *testing.T) {
	const secret, token = "istio-system/istio-remote-secret-west", "istio-system/mesh-reader-east-token-1"
	for name, targets := range map[string][]string{"its token is created by this run": {"east", "west"}, "nobody makes its token": {"east"}} {
		h := newFixture(t, testmesh.Both)
		h.apply(h.input("east", "west"))
		h.West.Remove("secrets", token)
		in := h.input(targets...)
		in.Prune = true
		_, _ = rollout.Apply(t.Context(), in) // without a token it fails
		if slices.Contains(h.East.Changes(), "delete secrets "+secret) || h.East.Get("secrets", secret) == nil {
			t.Errorf("%s: it was removed", name)
		}
		if known, _ := h.inventory(h.East); !slices.Contains(known, "Secret "+secret) {
			t.Errorf("%s: the inventory has forgotten it", name)
		}
		in = h.input(targets...)
		in.Prune, in.DryRun = true, true
		h.West.Remove("secrets", token)
		_, _ = rollout.Apply(t.Context(), in)
		if messages := strings.Join(h.Messages, "\n"); strings.Contains(messages, "deletes ") || strings.Contains(messages, "no longer in the mesh") {
			t.Errorf("%s: the dry run says\n%s", name, messages)
		}
	}
}

// TestNoPrune: what is not in the mesh any more is named, and stays, whatever else is done.
func TestNoPrune(t *testing.T) {
	h := unlinked(t)
	h.Write("mesh.yaml", strings.Replace(oneWay, "'WEST'", "'https://203.0.113.20'", 1))
	h.apply(h.input("east", "west"))
	want := []string{"apply configmaps istio-system/mesh-inventory-shop", "apply secrets istio-system/istio-remote-secret-west",
		"apply configmaps istio-system/mesh-inventory-shop"}
	for _, change := range slices.Concat(h.East.Changes(), h.West.Changes()) {
		if !slices.Contains(want, change) {
			t.Errorf("changed: %s", change)
		}
	}
	warning := "warning: west: Secret istio-system/istio-remote-secret-east is no longer in the mesh | delete it: the same command with --prune"
	if !slices.Contains(h.Messages, warning) {
		t.Errorf("got %q, want %q", h.Messages, warning)
	}
}

// TestPruneKeeps what is not ours to remove: the name alone is no proof.
func TestPruneKeeps(t *testing.T) {
	const account = "istio-system/mesh-reader-west"
	for _, test := range []struct {
		name   string
		object string
		why    string
	}{
		{"an object of somebody else under the old name",
			"{apiVersion: v1, kind: ServiceAccount, metadata: {namespace: istio-system, name: mesh-reader-west, uid: theirs, " +
				"labels: {app.kubernetes.io/managed-by: kubectl-mesh, kubectl-mesh.dev/mesh: shop}}}",
			"it was replaced: its UID is not the one in the inventory"},
		{"an object that somebody else has taken over",
			"{apiVersion: v1, kind: ServiceAccount, metadata: {namespace: istio-system, name: mesh-reader-west, " +
				"labels: {app.kubernetes.io/managed-by: kubectl-mesh}}}",
			"it no longer has the label kubectl-mesh.dev/mesh=shop"},
	} {
		h := unlinked(t)
		h.East.Put(test.object)
		in := h.input("east")
		in.Prune = true
		h.apply(in)
		if h.East.Get("serviceaccounts", account) == nil {
			t.Errorf("%s: it was removed", test.name)
		}
		if want := "warning: east: ServiceAccount " + account + " is no longer in the mesh and is kept: " + test.why; !slices.Contains(h.Messages, want) {
			t.Errorf("%s: messages %q, want %q", test.name, h.Messages, want)
		}
		if h.East.Get("secrets", account+"-token-1") != nil {
			t.Errorf("%s: the rest was not removed", test.name)
		}
	}
}

// TestPruneChecksTheUIDAgain: between the look and the removal somebody has made the object again.
func TestPruneChecksTheUIDAgain(t *testing.T) {
	h := unlinked(t)
	h.East.Intercept(func(request fakeapi.Request) any {
		if request.Verb == "delete" && request.Resource == "serviceaccounts" && !strings.Contains(string(request.Body), "serviceaccounts/mesh-reader-west#1") {
			t.Errorf("the removal does not say which object is meant: %s", request.Body)
		}
		if request.String() == "delete clusterroles mesh-reader" {
			return apierrors.NewConflict(request.GroupResource(), request.Name, errors.New("the UID is another one"))
		}
		return nil
	})
	in := h.input("east")
	in.Prune = true
	reports, err := rollout.Apply(t.Context(), in)
	want := []string{`east: delete ClusterRole mesh-reader: Operation cannot be fulfilled on clusterroles.rbac.authorization.k8s.io "mesh-reader": the UID is another one`}
	if diff := cmp.Diff(want, h.Problems(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := len(reports[0].Removed); got != 3 {
		t.Errorf("reported as removed: got %d, want 3", got)
	}
	// What is gone is forgotten, what stays is known.
	if known, _ := h.inventory(h.East); !slices.Equal(known, ours(h.East)) {
		t.Errorf("there are %v, and the inventory knows %v", ours(h.East), known)
	}
}

// TestAnnouncedIsNotRemoved: nobody knows whether an object without a UID is ours.
func TestAnnouncedIsNotRemoved(t *testing.T) {
	h := newFixture(t, testmesh.Both)
	h.applyWest()
	h.East.On(apierrors.NewInternalError(errors.New("etcd is gone")), "apply serviceaccounts istio-system/mesh-reader-west")
	if _, err := rollout.Apply(t.Context(), h.input("east")); err == nil {
		t.Fatal("no error")
	}
	h.East.Intercept(nil)
	h.East.Put("{apiVersion: v1, kind: ServiceAccount, metadata: {namespace: istio-system, name: mesh-reader-west}}")
	h.Write("mesh.yaml", oneWay)
	in := h.input("east", "west")
	in.Prune = true
	h.apply(in)
	want := "warning: east: ServiceAccount istio-system/mesh-reader-west is no longer in the mesh and is kept: an interrupted run announced it"
	if !slices.Contains(h.Messages, want) || h.East.Get("serviceaccounts", "istio-system/mesh-reader-west") == nil {
		t.Errorf("got %q, want %q", h.Messages, want)
	}
}
