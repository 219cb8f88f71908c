package e2e

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

const twoNetworks = `
  istio: {version: "1.30.5"}
  clusters:
  - {name: east, context: admin@east, network: net-a}
  - {name: north, context: admin@north, network: net-b}
  - {name: west, context: admin@west, network: net-b}
`

// TestApplyNetworks brings up a mesh of two networks, whose clusters meet at east-west gateways.
func TestApplyNetworks(t *testing.T) {
	all := clusters.Start(t, "east", "north", "west")
	w := newMesh(t, all, twoNetworks)
	t.Run("names what installs Gateway API", func(t *testing.T) { testNoGatewayAPI(t, w, all) })
	clusters.InstallGatewayAPI(t, all...)
	t.Run("brings up the gateways", func(t *testing.T) { testApplyNetworks(t, w, all) })
	t.Run("changes nothing twice", func(t *testing.T) { w.wantUnchanged(t, all) })
	t.Run("forgets a cluster that is gone", func(t *testing.T) { testNetworksPrune(t, w, all) })
	t.Run("forgets gateways together with their kind", func(t *testing.T) { testNetworksNoKind(t, w, all) })
}

// testNoGatewayAPI: the namespaces alone would be no help, so nothing is written.
func testNoGatewayAPI(t *testing.T, w workspace, all []*clusters.Cluster) {
	got := w.run(t, "render", "--apply", "--cluster", "east")
	got.wantCode(t, 1)
	got.wantStderr(t,
		notInGit,
		"east: stopped before anything was applied",
		"error: east: the cluster has no kind Gateway of gateway.networking.k8s.io/v1",
		"hint: install Gateway API: kubectl --context=admin@east apply --server-side --field-manager=mesh-cli -f "+
			"https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.5.1/standard-install.yaml")
	if found := secrets(t, all[0]); len(found) != 0 {
		t.Errorf("something was written: %v", found)
	}
	const missing = "Gateway istio-system/istio-eastwestgateway: the cluster has no kind Gateway of gateway.networking.k8s.io/v1\nhint: install Gateway API: kubectl "
	got = w.run(t, "diff", "--cluster", "east")
	got.wantCode(t, 1)
	got.wantSaid(t, "warning: east: not compared: "+missing)
	got = w.run(t, "render", "--apply", "--dry-run=server", "--cluster", "east")
	got.wantCode(t, 3)
	got.wantSaid(t, "warning: east: not checked: "+missing)
}

func testApplyNetworks(t *testing.T, w workspace, all []*clusters.Cluster) {
	w.mustRun(t, "render", "--apply")
	for name, network := range map[string]string{"east": "net-a", "north": "net-b", "west": "net-b"} {
		c := byName(t, all, name)
		if got := networkOf(t, c, istioNamespace, "istio-eastwestgateway"); got != network {
			t.Errorf("%s: network of the gateway: got %q, want %q", name, got, network)
		}
		if n := len(appliedTo(t, c)); n != 15 {
			t.Errorf("%s: got %d objects, want 15: %v", name, n, appliedTo(t, c))
		}
	}
}

func byName(t *testing.T, all []*clusters.Cluster, name string) *clusters.Cluster {
	t.Helper()
	for _, c := range all {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no cluster is called %s", name)
	return nil
}

func testNetworksPrune(t *testing.T, w workspace, all []*clusters.Cluster) {
	before := appliedToAll(t, all)
	w.writeSpec(t, `
  istio: {version: "1.30.5"}
  clusters:
  - {name: east, context: admin@east, network: net-a}
  - {name: west, context: admin@west, network: net-b}
`)
	w.mustRun(t, "render", "--apply", "--prune")
	for _, name := range []string{"east", "west"} {
		wantWithout(t, appliedTo(t, byName(t, all, name)), before[name],
			"Secret istio-system/istio-remote-secret-north", "Secret istio-system/mesh-reader-north-token-1",
			"ServiceAccount istio-system/mesh-reader-north", "RoleBinding istio-system/mesh-reader-north", "ClusterRoleBinding mesh-reader-north")
	}
	wantSame(t, appliedTo(t, byName(t, all, "north")), before["north"])
}

// testNetworksNoKind: the clusters are in one network now, and somebody has removed Gateway API from west.
func testNetworksNoKind(t *testing.T, w workspace, all []*clusters.Cluster) {
	west := byName(t, all, "west")
	clusters.RemoveGatewayAPI(t, west)
	w.writeSpec(t, `
  istio: {version: "1.30.5"}
  clusters:
  - {name: east, context: admin@east, network: net-a}
  - {name: west, context: admin@west, network: net-a}
`)
	got := w.mustRun(t, "render", "--apply", "--prune")
	got.wantSaid(t, "east: deletes Gateway istio-system/istio-eastwestgateway", "west: 0 created, 1 changed, ")
	w.mustRun(t, "diff")
}
