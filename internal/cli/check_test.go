package cli

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-mesh/kubectl-mesh/internal/inspect"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
)

func TestCheckFlags(t *testing.T) {
	options := func(change func(*checkOptions)) checkOptions {
		o := checkOptions{liveFlags: newLiveFlags(System{}), filename: "mesh.yaml", calls: 20, service: "sample/helloworld:5000"}
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
		{"handshake", []string{"--offline", "--handshake", "--handshake-service", "shop/cart:80"},
			options(func(o *checkOptions) { o.offline, o.handshake, o.service = true, true, "shop/cart:80" })},
		{"wait", []string{"--wait", "90s", "--strict"}, options(func(o *checkOptions) { o.wait, o.strict = 90*time.Second, true })},
	})
}

// TestCheckOutcome: what could not be verified is neither well nor failed, unless it is to count as failed.
func TestCheckOutcome(t *testing.T) {
	const calls, strict = true, true
	for name, test := range map[string]struct {
		status         check.Status
		sample, strict bool
		want           int
	}{
		"ok":                            {check.StatusOK, !calls, !strict, 0},
		"warning, strict":               {check.StatusWarning, !calls, strict, 0},
		"failed":                        {check.StatusFailed, !calls, !strict, 1},
		"unknown":                       {check.StatusUnknown, !calls, !strict, 3},
		"unknown, strict":               {check.StatusUnknown, !calls, strict, 1},
		"failed, strictly":              {check.StatusFailed, !calls, strict, 1},
		"no cluster could call":         {check.StatusOK, calls, !strict, 3},
		"no cluster could call, strict": {check.StatusOK, calls, strict, 1},
	} {
		results := []check.Result{{Status: check.StatusOK}, {Status: test.status}}
		seen := inspect.Result{Results: results}
		if test.sample {
			seen.Asked.Calls = 30
		}
		err := (&checkOptions{strict: test.strict}).outcome(seen)
		if got := exitCode(io.Discard, err); got != test.want {
			t.Errorf("%s: exit code %d, want %d", name, got, test.want)
		}
	}
}

// stopwatch is a clock on which a pause passes at once.
type stopwatch struct {
	now    time.Time
	pauses []time.Duration
}

func (s *stopwatch) Now() time.Time { return s.now }

func (s *stopwatch) Sleep(_ context.Context, pause time.Duration) error {
	s.now, s.pauses = s.now.Add(pause), append(s.pauses, pause)
	return nil
}

// TestCheckWaits: a line each time that the state changes, until it is well or the time is over.
func TestCheckWaits(t *testing.T) {
	result := func(id, peer string, status check.Status) check.Result {
		return check.Result{ID: id, Cluster: "east", Peer: peer, Status: status}
	}
	seen := func(results ...check.Result) inspect.Result { return inspect.Result{Results: results} }
	well := seen(result("CHECK021", "west", check.StatusWarning))
	syncing, gone := seen(result("CHECK021", "west", check.StatusFailed)), seen(result("CHECK003", "", check.StatusUnknown))
	for _, test := range []struct {
		name   string
		wait   time.Duration
		looks  []inspect.Result
		want   int
		pauses []time.Duration
		said   string
	}{
		{"once", 0, []inspect.Result{syncing, well}, 1, nil, ""},
		{"it is well", time.Minute, []inspect.Result{well}, 0, nil, ""},
		{"until it is well", time.Minute, []inspect.Result{gone, syncing, syncing, syncing, well}, 0,
			[]time.Duration{5 * time.Second, 5 * time.Second, 5 * time.Second, 5 * time.Second},
			"waiting for 1 check: east: CHECK003 unknown\nwaiting for 1 check: east -> west: CHECK021 failed\n"},
		{"the time is over", 7 * time.Second, []inspect.Result{gone, gone, gone, well}, 3, []time.Duration{5 * time.Second, 2 * time.Second},
			"waiting for 1 check: east: CHECK003 unknown\nwarning: some checks still fail or are unknown after 7s\n"},
	} {
		var said strings.Builder
		watch, looks := &stopwatch{}, test.looks
		o := &checkOptions{System: System{IOStreams: genericiooptions.IOStreams{ErrOut: &said}}, wait: test.wait}
		last, err := o.await(t.Context(), watch, func(context.Context) (inspect.Result, error) {
			next := looks[0]
			looks = looks[1:]
			return next, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := exitCode(io.Discard, o.outcome(last)); got != test.want || said.String() != test.said || !slices.Equal(watch.pauses, test.pauses) {
			t.Errorf("%s: exit code %d, pauses %v, said\n%swant %d, %v,\n%s", test.name, got, watch.pauses, said.String(), test.want, test.pauses, test.said)
		}
	}
	unreadable := errors.New("unreadable")
	look := func(context.Context) (inspect.Result, error) { return inspect.Result{}, unreadable }
	if _, err := (&checkOptions{wait: time.Hour}).await(t.Context(), &stopwatch{}, look); !errors.Is(err, unreadable) {
		t.Errorf("files that cannot be read: got %v", err)
	}
}
