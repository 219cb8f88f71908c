package apply

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/applyconfigurations/core/v1"
)

// TestUndo takes back what was created, the last first and the namespace too, and nothing that was there before or was
// replaced since.
func TestUndo(t *testing.T) {
	server := newCluster(t)
	rollOut(t, begin(t, server), configMap("before", "1"))
	s := begin(t, server)
	changes := plan(t, s, v1.Namespace("sample").WithLabels(shop().Labels), account("reader"),
		configMap("before", "2"), configMap("replaced", "1"))
	made, err := s.Apply(t.Context(), changes)
	if err != nil {
		t.Fatal(err)
	}
	settle(t, s)
	server.Remove("configmaps", "istio-system/replaced")
	server.Put("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: istio-system, name: replaced, " + labels + "}}")
	server.Changes()

	want := `delete ConfigMap istio-system/replaced: Operation cannot be fulfilled on configmaps "replaced": ` +
		"the UID in the precondition is not that of the object"
	if got := said(s.Undo(t.Context(), made)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	settle(t, s)
	deleted := []string{"delete configmaps istio-system/replaced", "delete serviceaccounts istio-system/reader",
		"delete namespaces sample", writeInventory}
	if diff := cmp.Diff(deleted, server.Changes()); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	left := []string{"ConfigMap istio-system/before configmaps/before#1", "ConfigMap istio-system/replaced configmaps/replaced#1"}
	if diff := cmp.Diff(left, listed(t, server)); diff != "" {
		t.Errorf("the inventory (-want +got):\n%s", diff)
	}
	if server.Get("configmaps", "istio-system/replaced") == nil {
		t.Error("an object that was replaced is gone")
	}
}
