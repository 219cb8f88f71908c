package report

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
)

func TestWaiting(t *testing.T) {
	results := []check.Result{
		{ID: "CHECK001", Status: check.StatusFailed}, {ID: "CHECK003", Cluster: "east", Status: check.StatusOK},
		{ID: "CHECK008", Cluster: "east", Status: check.StatusWarning}, {ID: "CHECK021", Cluster: "east", Peer: "west", Status: check.StatusUnknown, Reason: "for 3s"},
	}
	if got, want := Waiting(results), "waiting for 2 checks: CHECK001 failed, east -> west: CHECK021 unknown"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for range 4 {
		results = append(results, check.Result{ID: "CHECK003", Cluster: "north", Status: check.StatusUnknown})
	}
	const want = "waiting for 6 checks: CHECK001 failed, east -> west: CHECK021 unknown, north: CHECK003 unknown, north: CHECK003 unknown, and 2 more"
	if got := Waiting(results); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
