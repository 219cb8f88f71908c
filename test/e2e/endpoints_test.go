package e2e

import (
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestIstiodLosesEndpoints has two pods of istiod in west that report east as synced, whatever they know of it: a
// credential ends, and a changed remote secret is good, only where both keep the endpoints.
func TestIstiodLosesEndpoints(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	w := newWorkspace(t, all)
	w.write(t, "mesh.yaml", westReadsEast("allowNonExpiring: true"))
	w.mustRun(t, "collect", "--token=skip")
	w.mustRun(t, "render", "--apply")
	istiod{image: "docker.io/istio/pilot:1.31.1", clusterID: "west"}.install(t, all[1])
	k := startIstiod(t, all[1])
	k.says("west", map[string]string{"east": "synced"})
	k.pages.Store("/debug/endpointShardz", shards(3))
	runIstiod(t, all[1], "istiod-7d4f")
	rotate := []string{"credentials", "rotate", "--link=west-east", "--apply"}
	both := []string{"mesh-reader-west-token-1", "mesh-reader-west-token-2"}

	t.Run("the second pod loses one", func(t *testing.T) {
		k.pages.Store("istiod-7d4f/debug/endpointShardz", losing(t, all[1], 2))
		got := w.run(t, rotate...)
		got.wantCode(t, 1)
		got.wantSaid(t, "west: its remote secret contains generation 2\n",
			"error: istiod pod istiod-7d4f in west knows fewer endpoints of east than before the change: shop/a.shop.svc.cluster.local has 2 of 3\n",
			"-n istio-system rollout restart deployment/istiod", "hint: the old credential is unchanged; to continue: ")
		wantTokenSecrets(t, all[0], both...)
	})
	t.Run("an interrupted run knew them", func(t *testing.T) {
		k.pages.Delete("istiod-7d4f/debug/endpointShardz")
		k.pages.Store("/debug/endpointShardz", shards(0))
		got := w.run(t, rotate...)
		got.wantCode(t, 1)
		got.wantSaid(t, "west: comparing with east's endpoints from before an earlier run changed the remote secret\n",
			"error: istiod pod istiod-5b9c in west knows fewer endpoints of east than before the change: shop/a.shop.svc.cluster.local has 0 of 3\n",
			"error: istiod pod istiod-7d4f in west knows fewer endpoints of east than before the change: shop/a.shop.svc.cluster.local has 0 of 3\n")
		wantTokenSecrets(t, all[0], both...)
	})
	t.Run("both keep them", func(t *testing.T) {
		k.pages.Store("/debug/endpointShardz", shards(3))
		w.mustRun(t, rotate...).wantSaid(t, "west: 2 pods of istiod synced, with at least the 3 endpoints of 1 service in east known before, for 1m0s\n",
			"west-east is rotated: generation 2\n")
		wantTokenSecrets(t, all[0], both[1])
	})
	t.Run("none was known before", func(t *testing.T) {
		k.pages.Store("/debug/endpointShardz", shards(0))
		got := w.run(t, rotate...)
		got.wantCode(t, 3)
		got.wantSaid(t, "warning: west: inconclusive: istiod is synced, but knew no endpoint of east before the change", " --apply --offline\n")
		wantTokenSecrets(t, all[0], both[1], "mesh-reader-west-token-3")
		w.mustRun(t, append(rotate, "--offline")...)
		wantTokenSecrets(t, all[0], "mesh-reader-west-token-3")
	})
	t.Run("another address", func(t *testing.T) {
		k.pages.Store("/debug/endpointShardz", losing(t, all[1], 0))
		w.write(t, "clusters/east.yaml", strings.Replace(w.read(t, "clusters/east.yaml"), "127.0.0.1", "localhost", 1))
		got := w.run(t, "render", "--apply")
		got.wantCode(t, 1)
		got.wantSaid(t, "error: west: istiod pod istiod-5b9c in west knows fewer endpoints of east than before the change: shop/a.shop.svc.cluster.local has 0 of 3\n",
			"error: west: istiod pod istiod-7d4f in west knows fewer endpoints of east than before the change: shop/a.shop.svc.cluster.local has 0 of 3\n")
	})
}

// losing is the page of an istiod that knows three endpoints until its remote secret changes, and n from then on.
func losing(t *testing.T, c *clusters.Cluster, n int) func() string {
	t.Helper()
	before, secrets := remoteSecretVersion(t, c), client(t, c).CoreV1().Secrets(istioNamespace)
	return func() string {
		secret, err := secrets.Get(t.Context(), "istio-remote-secret-east", metav1.GetOptions{})
		if err != nil || secret.ResourceVersion == before {
			return shards(3)
		}
		return shards(n)
	}
}

// shards is the page of an istiod that knows so many endpoints of one service in east.
func shards(n int) string {
	list := strings.TrimSuffix(strings.Repeat(`{"ServicePortName": "http"},`, n), ",")
	return fmt.Sprintf(`{"a.shop.svc.cluster.local": {"shop": {"Shards": {"Kubernetes/east": [%s], "Kubernetes/west": [{}]}, "ServiceAccounts": {}}}}`, list)
}
