package apply

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/applyconfigurations/core/v1"
)

// TestApply: the namespace comes first, then the announcement, then the objects kind by kind, then their UIDs.
func TestApply(t *testing.T) {
	server := newCluster(t)
	server.Remove("namespaces", namespace)
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
	requests := []string{"apply namespaces istio-system", "get configmaps istio-system/mesh-inventory-shop", writeInventory,
		"apply serviceaccounts istio-system/reader", "apply configmaps istio-system/options", writeInventory}
	if diff := cmp.Diff(requests, server.Requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	settled := []string{"ConfigMap istio-system/options configmaps/options#1", "Namespace istio-system namespaces/istio-system#2",
		"Secret istio-system/late", "ServiceAccount istio-system/reader serviceaccounts/reader#1"}
	if diff := cmp.Diff(settled, listed(t, server)); diff != "" {
		t.Errorf("settled (-want +got):\n%s", diff)
	}
}
