package inspect

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
)

// TestIsVerified: a run whose calls no cluster could make has verified nothing about them.
func TestIsVerified(t *testing.T) {
	results := []check.Result{{Status: check.StatusOK}}
	for name, test := range map[string]struct {
		seen Seen
		want bool
	}{
		"nothing was called":       {Seen{Results: results}, true},
		"a cluster called":         {Seen{Results: results, Callers: []check.Caller{{}}, Asked: Input{Calls: 20}}, true},
		"no cluster could call":    {Seen{Results: results, Asked: Input{Calls: 20}}, false},
		"something is unknown too": {Seen{Results: append(results, check.Result{Status: check.StatusUnknown})}, false},
	} {
		if got := test.seen.IsVerified(); got != test.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}
