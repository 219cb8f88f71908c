package check

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
)

func TestRootsPickedUp(t *testing.T) {
	certificates := func(given, served []string) func(*Input) {
		return east(func(f *Observation) {
			f.Certificates.Value = cluster.Certificates{SecretRootSHA256: given, RootSHA256: served}
		})
	}
	runFaults(t, map[string]fault{
		"a root that istiod does not serve": {change: certificates([]string{"bbbb"}, []string{"aaaa"}), want: "CHECK044 failed east",
			reason: "Secret istio-system/cacerts has root sha256:bbbb, but istiod serves sha256:aaaa",
			remedy: "restart istiod: kubectl --context=east -n istio-system rollout restart deployment/istiod"},
		"a second root": {change: certificates([]string{"aaaa", "bbbb"}, []string{"aaaa"}), want: "CHECK044 failed east"},
		"the same":      {change: certificates([]string{"aaaa"}, []string{"aaaa"})},
		"not written":   {change: certificates([]string{"aaaa"}, nil), want: "CHECK044 unknown east"},
		"no Secret":     {change: certificates(nil, []string{"aaaa"})},
		"not readable":  {change: east(func(f *Observation) { f.Certificates.Why = "forbidden" }), want: "CHECK044 unknown east", reason: "forbidden"},
	})
}
