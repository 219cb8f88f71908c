package apply

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/applyconfigurations/core/v1"
	rbacv1 "k8s.io/client-go/applyconfigurations/rbac/v1"

	"github.com/kubectl-mesh/kubectl-mesh/internal/testutil/fakeapi"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// orphaned is a cluster with objects of which the mesh has none any more.
func orphaned(t *testing.T, objects ...render.Object) *fakeapi.Server {
	t.Helper()
	server := newCluster(t)
	rollOut(t, begin(t, server), objects...)
	server.Requests()
	return server
}

// orphans are those of a session without a plan: a line each.
func orphans(t *testing.T, s *Session) []string {
	t.Helper()
	found, err := s.Orphans(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, orphan := range found {
		line := orphan.Ref.String()
		if orphan.Gone {
			line += " gone"
		}
		if orphan.Keep != "" {
			line += ": " + orphan.Keep
		}
		lines = append(lines, line)
	}
	return lines
}

// TestOrphans come in the order of their deletion: what grants access first.
func TestOrphans(t *testing.T) {
	ours := shop().Labels
	server := orphaned(t, account("reader"), rbacv1.Role("reader", namespace).WithLabels(ours), rbacv1.RoleBinding("reader", namespace).WithLabels(ours),
		configMap("options", "1"), v1.Secret("token", namespace).WithLabels(ours))
	want := []string{"Secret istio-system/token", "ConfigMap istio-system/options", "RoleBinding istio-system/reader", "Role istio-system/reader",
		"ServiceAccount istio-system/reader"}
	if diff := cmp.Diff(want, orphans(t, begin(t, server))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if changes := server.Changes(); len(changes) > 0 {
		t.Errorf("changed: %v", changes)
	}
	s := begin(t, server)
	found, err := s.Orphans(t.Context(), plan(t, s, account("reader"), configMap("options", "2")))
	if err != nil || len(found) != 3 {
		t.Errorf("beside a plan of two: %v, %v", found, err)
	}
}

// TestOrphansThatStay: the name alone does not make an object ours.
func TestOrphansThatStay(t *testing.T) {
	const name = "metadata: {namespace: istio-system, name: options"
	for why, there := range map[string]string{
		"":      "{apiVersion: v1, kind: ConfigMap, " + name + ", uid: 'configmaps/options#1', " + labels + "}}",
		" gone": "",
		": it was replaced: its UID is not the one in the inventory": "{apiVersion: v1, kind: ConfigMap, " + name + ", uid: theirs, " + labels + "}}",
		": it no longer has the label kubectl-mesh.dev/mesh=shop": "{apiVersion: v1, kind: ConfigMap, " + name +
			", uid: 'configmaps/options#1', labels: {app.kubernetes.io/managed-by: kubectl-mesh, kubectl-mesh.dev/mesh: bank}}}",
		": it no longer has the label app.kubernetes.io/managed-by=kubectl-mesh": "{apiVersion: v1, kind: ConfigMap, " + name + ", uid: 'configmaps/options#1'}}",
	} {
		server := orphaned(t, configMap("options", "1"))
		server.Remove("configmaps", "istio-system/options")
		if there != "" {
			server.Put(there)
		}
		if diff := cmp.Diff([]string{"ConfigMap istio-system/options" + why}, orphans(t, begin(t, server))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestOrphanThatWasAnnounced: of an object without a UID it is not known whether it is ours.
func TestOrphanThatWasAnnounced(t *testing.T) {
	server := newCluster(t)
	server.On(apierrors.NewInternalError(errors.New("etcd is gone")), "apply configmaps istio-system/options")
	s := begin(t, server)
	if _, err := s.Apply(t.Context(), plan(t, s, configMap("options", "1"))); err == nil {
		t.Fatal("no error")
	}
	server.Intercept(nil)
	if diff := cmp.Diff([]string{"ConfigMap istio-system/options gone"}, orphans(t, begin(t, server))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	server.Put("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: options, " + labels + "}}")
	want := []string{"ConfigMap istio-system/options: an interrupted run announced it"}
	if diff := cmp.Diff(want, orphans(t, begin(t, server))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestOrphansOfAMissingKind: who deletes a CRD deletes all objects of its kind.
func TestOrphansOfAMissingKind(t *testing.T) {
	server := newCluster(t)
	server.Put("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: mesh-inventory-shop}, data: {objects: " +
		`'[{"apiVersion":"networking.istio.io/v1","kind":"VirtualService","namespace":"istio-system","name":"x","uid":"1"}]'}}`)
	if diff := cmp.Diff([]string{"VirtualService istio-system/x gone"}, orphans(t, begin(t, server))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestOrphansCannotBeRead: then none is known, for one that is unknown could be deleted.
func TestOrphansCannotBeRead(t *testing.T) {
	server := orphaned(t, account("one"), account("two"))
	server.On(apierrors.NewInternalError(errors.New("etcd is gone")), "get serviceaccounts istio-system/two")
	found, err := begin(t, server).Orphans(t.Context(), nil)
	if want := "read ServiceAccount istio-system/two: Internal error occurred: etcd is gone"; said(err) != want || found != nil {
		t.Errorf("got %v, %v; want %s", found, err, want)
	}
}

func TestNeverDeleted(t *testing.T) {
	for ref, want := range map[Ref]string{
		{APIVersion: "v1", Kind: "Namespace", Name: "istio-system"}:                                     "kind Namespace is never deleted",
		{APIVersion: "apps/v1", Kind: "DaemonSet", Namespace: "n", Name: "ztunnel"}:                     "kind DaemonSet is never deleted",
		{APIVersion: "apiextensions.k8s.io/v1", Kind: "CustomResourceDefinition", Name: "x"}:            "kind CustomResourceDefinition is never deleted",
		{APIVersion: "example.com/v1", Kind: "Secret", Name: "x"}:                                       "kind Secret is never deleted",
		{APIVersion: "external-secrets.io/v1", Kind: "ExternalSecret", Namespace: "n", Name: "cacerts"}: "the signing certificate is never deleted",
		secret("cacerts"): "the signing certificate is never deleted",
		{APIVersion: "v1", Kind: "ConfigMap", Namespace: "istio-system", Name: "asm-options"}: "it also contains options that do not belong to the mesh",
		secret("istio-remote-secret-west"): "",
	} {
		if got := neverDeleted(ref); got != want {
			t.Errorf("%s of %s: got %q, want %q", ref, ref.APIVersion, got, want)
		}
	}
}
