package clusters_test

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestClusters starts its clusters once and asks many things of them; the last ones end clusters.
func TestClusters(t *testing.T) {
	all := clusters.Start(t, "east", "west", "north")
	clusters.InstallGatewayAPI(t, all...)

	t.Run("have identities of their own", func(t *testing.T) { testIdentities(t, all) })
	t.Run("enforce RBAC", func(t *testing.T) { testRBAC(t, all[0]) })
	t.Run("refuse the tokens of another", func(t *testing.T) { testForeignToken(t, all[0], all[1]) })
	t.Run("fill token Secrets", func(t *testing.T) { testTokenSecret(t, all[2]) })
	t.Run("fill the role view", func(t *testing.T) { testAggregation(t, all[1]) })
	t.Run("end deleted namespaces", func(t *testing.T) { testNamespaceDeletion(t, all[2]) })
	t.Run("accept an east-west Gateway", func(t *testing.T) { testGateway(t, all[2]) })
	t.Run("refuse an invalid Gateway", func(t *testing.T) { testInvalidGateway(t, all[2]) })
	t.Run("are reached by kubeconfig", func(t *testing.T) { testKubeconfig(t, all) })
	t.Run("keep their data when killed", func(t *testing.T) { testKill(t, all[0]) })
	t.Run("keep their data when stopped", func(t *testing.T) { testStop(t, all[1]) })
	t.Run("change their certificate authority", func(t *testing.T) { testAuthorityChange(t, all[2]) })
	t.Run("restart with further flags", func(t *testing.T) { testFlags(t, all[1]) })
}
