package check

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/trust"
)

func TestRootsPickedUp(t *testing.T) {
	certificates := func(given, served []string) func(*Input) {
		return east(func(f *Observation) {
			f.Certificates.Value = cluster.Certificates{SecretRootSHA256: given, RootSHA256: served}
		})
	}
	root := shown(t, unchanged)[2:]
	sums := []string{trust.Fingerprint(root[0])}
	ours := func(in *Input) {
		in.Roots, in.Mesh.Spec.Trust.CA.Provider = root, v1alpha1.CAProviderFiles
		for _, facts := range in.Observed {
			facts.Reported.RootSHA256 = sums
		}
	}
	runFaults(t, map[string]fault{
		"a root that istiod does not serve": {change: certificates([]string{"bbbb"}, []string{"aaaa"}), want: "CHECK044 failed east",
			reason: "Secret istio-system/cacerts has root sha256:bbbb, but istiod serves sha256:aaaa",
			remedy: "kubectl --context=east -n istio-system rollout restart deployment/istiod"},
		"a second root": {change: certificates([]string{"aaaa", "bbbb"}, []string{"aaaa"}), want: "CHECK044 failed east"},
		"the same":      {change: certificates([]string{"aaaa"}, []string{"aaaa"})},
		"not written":   {change: certificates([]string{"aaaa"}, nil), want: "CHECK044 unknown east"},
		"no Secret":     {change: certificates(nil, []string{"aaaa"})},
		"no Secret any more": {change: func(in *Input) { ours(in); certificates(nil, sums)(in) }, want: "CHECK044 failed east",
			reason: "Secret istio-system/cacerts is missing, and istiod serves root " + short(sums) + " from it until it is restarted: then it signs with a root of its own",
			remedy: "kubectl mesh render --apply --cluster east"},
		"no Secret of this mesh": {change: func(in *Input) {
			ours(in)
			in.Mesh.Spec.Trust.CA.Provider = v1alpha1.CAProviderNone
			certificates(nil, sums)(in)
		}},
		"a foreign root": {change: func(in *Input) { ours(in); certificates([]string{"bbbb"}, sums)(in) }, want: "CHECK044 failed east",
			reason: "Secret istio-system/cacerts has root sha256:bbbb, but istiod serves " + short(sums) + ", which is a root of this mesh: do not restart istiod before the Secret is restored",
			remedy: "kubectl mesh render --apply --cluster east --force-conflicts"},
		"not readable": {change: east(func(f *Observation) { f.Certificates.Why = "forbidden" }), want: "CHECK044 unknown east", reason: "forbidden"},
	})
}
