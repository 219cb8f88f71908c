package check

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAll(t *testing.T) {
	ids := IDs()
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("IDs are not sorted, or not unique: %v", ids)
	}
	for _, check := range All() {
		if check.Title == "" || check.Why == "" || check.Remedy == "" || check.Severity == "" || strings.HasSuffix(check.Title, ".") {
			t.Errorf("%s lacks a text, or its title ends in a full stop", check.ID)
		}
		if after, known := Find(check.After); check.After != "" && (!known || after.ID >= check.ID || after.Scope != check.Scope) {
			t.Errorf("%s comes after %q", check.ID, check.After)
		}
	}
	if _, known := Find("CHECK999"); known {
		t.Error("CHECK999 is known")
	}
}

// TestNotAsked: of a cluster that was not asked nothing is said, not even that it is unknown.
func TestNotAsked(t *testing.T) {
	in := healthy()
	delete(in.Observed, "west")
	results := Run(*in)
	if got := open(results); got != "" {
		t.Errorf("not ok:\n%s", got)
	}
	want := Matrix{Clusters: []string{"east", "west"}, Rows: [][]Cell{{CellNone, CellOK}, {CellNone, CellNone}}}
	if diff := cmp.Diff(want, NewMatrix(in.Graph, results)); diff != "" {
		t.Error(diff)
	}
}

func TestMatrix(t *testing.T) {
	in := healthy()
	tests := map[string]struct {
		statuses []Status
		want     Cell
	}{
		"nothing":   {nil, CellNone},
		"ok":        {[]Status{StatusOK, StatusOK}, CellOK},
		"a warning": {[]Status{StatusWarning}, CellOK},
		"unseen":    {[]Status{StatusUnknown, StatusOK}, CellUnknown},
		"failed":    {[]Status{StatusUnknown, StatusFailed, StatusOK}, CellFailed},
	}
	for name, test := range tests {
		var results []Result
		for _, status := range test.statuses {
			results = append(results, Result{Cluster: "east", Peer: "west", Status: status})
		}
		if got := NewMatrix(in.Graph, results).Rows[0][1]; got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
	if Failed([]Result{{Status: StatusWarning}, {Status: StatusUnknown}}) || !Failed([]Result{{Status: StatusFailed}}) {
		t.Error("Failed is wrong")
	}
}

func TestLife(t *testing.T) {
	in := func(d time.Duration) time.Time { return now().Add(d) }
	day := 24 * time.Hour
	tests := map[string]struct {
		life Validity
		want string
	}{
		"no end":              {Validity{}, ""},
		"far away":            {Validity{in(-day), in(60 * day)}, ""},
		"13 days":             {Validity{End: in(13*day + time.Hour)}, "its credential expires in 13 days, at 2026-06-14T13:00:00Z"},
		"past":                {Validity{End: in(-time.Hour)}, "its credential has expired at 2026-06-01T11:00:00Z"},
		"short, and young":    {Validity{in(-time.Hour), in(23 * time.Hour)}, ""},
		"short, near its end": {Validity{in(-20 * time.Hour), in(4 * time.Hour)}, "its credential expires in 4h0m0s, at 2026-06-01T16:00:00Z"},
	}
	for name, test := range tests {
		if got := test.life.warning(now()); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}
