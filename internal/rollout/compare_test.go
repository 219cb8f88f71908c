package rollout_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-mesh/kubectl-mesh/internal/rollout"
)

// TestCompare: a cluster that cannot be queried says why, and the other one is compared. Nothing is written.
func TestCompare(t *testing.T) {
	h := newFixture(t, oneWay)
	h.apply(h.input("east", "west"))
	h.West.Remove("serviceaccounts", "istio-system/mesh-reader-east")
	h.East.Changes()
	h.West.Changes()
	h.East.On(apierrors.NewInternalError(errors.New("etcd is down")), "get namespaces kube-system")
	reports, err := rollout.Compare(t.Context(), h.input("east", "west"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, report := range reports {
		got[report.Cluster] = fmt.Sprint(report.Pending(), " ", report.Error)
	}
	want := map[string]string{
		"east": "0 east: read namespace kube-system: Internal error occurred: etcd is down",
		"west": "1 ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if changes := slices.Concat(h.East.Changes(), h.West.Changes()); len(changes) > 0 {
		t.Errorf("changed: %q", changes)
	}
}
