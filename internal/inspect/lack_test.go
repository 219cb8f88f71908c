package inspect

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/check"
)

// TestIsVerified: a run whose calls no cluster could make has verified nothing about them.
func TestIsVerified(t *testing.T) {
	results := []check.Result{{Status: check.StatusOK}}
	for name, test := range map[string]struct {
		seen Result
		want bool
	}{
		"nothing was called":       {Result{Results: results}, true},
		"a cluster called":         {Result{Results: results, Callers: []check.Caller{{}}, Asked: Input{Calls: 20}}, true},
		"no cluster could call":    {Result{Results: results, Asked: Input{Calls: 20}}, false},
		"something is unknown too": {Result{Results: append(results, check.Result{Status: check.StatusUnknown})}, false},
	} {
		if got := test.seen.IsVerified(); got != test.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}
