package cli

import (
	"io"
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/internal/inspect"
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
		results := []check.Result{{Status: check.StatusOK}, {Status: test.status}}
		err := (&checkOptions{strict: test.strict}).outcome(inspect.Seen{Input: reached, Results: results})
		if got := exitCode(io.Discard, err); got != test.want {
			t.Errorf("%s: exit code %d, want %d", name, got, test.want)
		}
	}
}
