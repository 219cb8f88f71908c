package check

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/cluster"
)

func TestUndeclaredReaders(t *testing.T) {
	has := func(accounts ...cluster.Account) func(*Input) {
		return east(func(f *Observation) { f.Accounts.Value = accounts })
	}
	secret := func(name, used string) []cluster.AccountSecret {
		return []cluster.AccountSecret{{Name: name, LastUsed: used}}
	}
	ours := access.Labels("")
	runFaults(t, map[string]fault{
		"the declared reader": {change: has(cluster.Account{Name: "mesh-reader-west", Labels: ours, TokenSecrets: secret("mesh-reader-west-token-1", "")})},
		"a former link": {
			change: has(cluster.Account{Name: "mesh-reader-north", Labels: ours}), want: "CHECK043 warning east",
			reason: "ServiceAccount istio-system/mesh-reader-north belongs to a reader that mesh.yaml does not declare",
			remedy: "if no control plane uses it: kubectl --context=east -n istio-system delete serviceaccount mesh-reader-north",
		},
		"istioctl": {
			change: has(cluster.Account{Name: access.IstioctlAccount, TokenSecrets: secret("istio-reader-service-account-istio-remote-secret-token", "2026-05-30")}),
			want:   "CHECK043 warning east",
			reason: "Secret istio-system/istio-reader-service-account-istio-remote-secret-token was created by istioctl create-remote-secret; " +
				"its token was last used on 2026-05-30",
			remedy: "if no control plane uses it: kubectl --context=east -n istio-system delete secret istio-reader-service-account-istio-remote-secret-token",
		},
		"a name that would be a command": {
			change: has(cluster.Account{Name: access.IstioctlAccount, TokenSecrets: secret("x;touch pwned", "")}), want: "CHECK043 warning east",
			remedy: "if no control plane uses it: kubectl --context=east -n istio-system delete secret 'x;touch pwned'",
		},
		"accounts that cannot be listed": {
			change: east(func(f *Observation) { f.Accounts.Why = "forbidden" }), want: "CHECK043 unknown east", reason: "forbidden",
		},
	})
}
