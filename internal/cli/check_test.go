package cli

import (
	"io"
	"strings"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
)

func TestCheckFlags(t *testing.T) {
	options := func(change func(*checkOptions)) checkOptions {
		o := checkOptions{liveFlags: newLiveFlags(System{}), filename: "mesh.yaml", calls: 20}
		change(&o)
		return o
	}
	testFlags(t, newCheck, []flagTest[checkOptions]{
		{"defaults", nil, options(func(*checkOptions) {})},
		{"live", []string{"--cluster=east", "--context", "c", "-o", "junit", "--istiod-debug", "http://localhost:1", "--istiod-debug=west=https://w"},
			options(func(o *checkOptions) {
				o.cluster, o.context, o.output = "east", "c", "junit"
				o.istiodDebug = []string{"http://localhost:1", "west=https://w"}
			})},
		{"offline", []string{"--offline", "-f", "-"}, options(func(o *checkOptions) { o.offline, o.filename = true, "-" })},
		{"sample", []string{"--sample", "--calls", "50"}, options(func(o *checkOptions) { o.sample, o.calls = true, 50 })},
	})
}

// TestCheckOutcome: what could not be verified is neither well nor failed, unless it is to count as failed.
func TestCheckOutcome(t *testing.T) {
	reached := check.Input{Facts: map[string]*check.Facts{"east": {}, "west": {Unseen: "no route to host"}}}
	for name, test := range map[string]struct {
		status check.Status
		strict bool
		want   int
	}{
		"ok":               {check.StatusOK, false, 0},
		"warning, strict":  {check.StatusWarning, true, 0},
		"failed":           {check.StatusFailed, false, 1},
		"unknown":          {check.StatusUnknown, false, 3},
		"unknown, strict":  {check.StatusUnknown, true, 1},
		"failed, strictly": {check.StatusFailed, true, 1},
	} {
		err := checkPrinter{strict: test.strict}.outcome(reached, []check.Result{{Status: check.StatusOK}, {Status: test.status}}, nil)
		if got := exitCode(io.Discard, err); got != test.want {
			t.Errorf("%s: exit code %d, want %d", name, got, test.want)
		}
	}
}

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
	writeCalls(&text, []string{"east", "north", "west"}, []check.Caller{
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
	if writeCalls(&text, []string{"east"}, nil); text.Len() > 0 {
		t.Errorf("without calls: got %q", text.String())
	}
}
