package report

import (
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
)

func TestGrouped(t *testing.T) {
	result := func(id, peer, reason string, status check.Status) check.Result {
		return check.Result{ID: id, Cluster: "east", Peer: peer, Reason: reason, Status: status}
	}
	groups := grouped([]check.Result{
		result("CHECK021", "north", "r", check.StatusUnknown), result("CHECK012", "north", "", check.StatusOK),
		result("CHECK021", "west", "r", check.StatusUnknown), result("CHECK021", "south", "other", check.StatusUnknown),
		result("CHECK007", "", "g", check.StatusFailed), result("CHECK007", "", "g", check.StatusFailed),
	})
	var texts []string
	for _, group := range groups {
		texts = append(texts, about(group)+group.Reason)
	}
	if got := texts; len(got) != 4 || got[0] != "east -> north, west: r" || got[1] != "east -> south: other" || got[2] != "east: g" {
		t.Errorf("got %q", got)
	}
}

func TestWriteCalls(t *testing.T) {
	var text strings.Builder
	writeCalls(&text, terminal.Look{}, []string{"east", "north", "west"}, []check.Caller{
		{Cluster: "east", Answers: []check.Answer{{Cluster: "east", Count: 12, Way: check.WayDirect, Measured: true}, {Cluster: "west", Count: 8, Way: check.WayGateway, Measured: true}}},
		{Cluster: "north", Answers: []check.Answer{{Cluster: "north", Count: 1000, Way: check.WayDirect}, {Cluster: "west", Linked: true}}},
	})
	const want = `CALLS  east       north         west
east   12 direct  -             8 gateway
north  -          1000 direct?  0

`
	if text.String() != want {
		t.Errorf("got\n%s", text.String())
	}
	text.Reset()
	if writeCalls(&text, terminal.Look{}, []string{"east"}, nil); text.Len() > 0 {
		t.Errorf("without calls: got %q", text.String())
	}
}
