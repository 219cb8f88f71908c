package e2e

import (
	"maps"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

const fleet = `
  discovery: fleet
  istio: {distribution: csm, revision: asm-managed}
  trust: {ca: {provider: meshCA}}
`

const googleOptions = "CNI=on;CA=PRIVATECA"

// TestApplyFleet: Google's control plane keeps options of its own in the ConfigMap of which one key is ours.
func TestApplyFleet(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	createIstioNamespace(t, all[0])
	theirs := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "asm-options"}, Data: map[string]string{"ASM_OPTS": googleOptions}}
	must(t)(client(t, all[0]).CoreV1().ConfigMaps(istioNamespace).Create(t.Context(), theirs, metav1.CreateOptions{FieldManager: "mmc"}))
	addGoogleSecret(t, all[0])
	w := newMesh(t, all, fleet+`  clusters:
  - {name: east, context: admin@east}
  - {name: west, context: admin@west}
`)
	t.Run("connects", func(t *testing.T) {
		got := w.mustRun(t, "render", "--apply")
		if strings.Contains(got.stderr, "memberships-west") {
			t.Errorf("a secret of the fleet is called a stranger:\n%s", got.stderr)
		}
		wantOptions(t, all[0], map[string]string{"ASM_OPTS": googleOptions, "multicluster_mode": "connected"})
		wantOptions(t, all[1], map[string]string{"multicluster_mode": "connected"})
	})
	t.Run("changes nothing twice", func(t *testing.T) { w.wantUnchanged(t, all) })
	t.Run("leaves", func(t *testing.T) { testFleetLeaves(t, w, all) })
	t.Run("stops when somebody else decides", func(t *testing.T) { testFleetConflict(t, w, all) })
	t.Run("never removes the options", func(t *testing.T) { testFleetKept(t, w, all) })
}

// addGoogleSecret adds a remote secret as Google's control plane writes it for a cluster of the fleet.
func addGoogleSecret(t *testing.T, c *clusters.Cluster) {
	t.Helper()
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "istio-remote-secret-projects-1-locations-l-memberships-west",
		Labels: map[string]string{"istio/multiCluster": "true", "istio.io/owned-by": "mesh.googleapis.com"}}, StringData: map[string]string{"west": "x"}}
	must(t)(client(t, c).CoreV1().Secrets(istioNamespace).Create(t.Context(), secret, metav1.CreateOptions{}))
}

func wantOptions(t *testing.T, c *clusters.Cluster, want map[string]string) {
	t.Helper()
	options, err := client(t, c).CoreV1().ConfigMaps(istioNamespace).Get(t.Context(), "asm-options", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(options.Data, want) {
		t.Errorf("%s: options: got %v, want %v", c.Name, options.Data, want)
	}
}

func testFleetLeaves(t *testing.T, w workspace, all []*clusters.Cluster) {
	w.writeSpec(t, fleet+`  clusters:
  - {name: east, context: admin@east, istio: {multiclusterMode: manual}}
  - {name: west, context: admin@west}
`)
	got := w.mustRun(t, "render", "--apply")
	got.wantSaid(t, "warning: east: Secret istio-system/istio-remote-secret-projects-1-locations-l-memberships-west (clusters west) was created by Google's managed mesh",
		"east: 0 created, 1 changed, 1 unchanged", "west: 0 created, 0 changed, 2 unchanged")
	wantOptions(t, all[0], map[string]string{"ASM_OPTS": googleOptions, "multicluster_mode": "manual"})
	wantOptions(t, all[1], map[string]string{"multicluster_mode": "connected"})
}

// testFleetConflict: the guide's own command has connected east again.
func testFleetConflict(t *testing.T, w workspace, all []*clusters.Cluster) {
	patch := []byte(`{"data":{"multicluster_mode":"connected"}}`)
	must(t)(client(t, all[0]).CoreV1().ConfigMaps(istioNamespace).Patch(t.Context(), "asm-options", types.MergePatchType, patch,
		metav1.PatchOptions{FieldManager: "kubectl-patch"}))
	got := w.run(t, "render", "--apply")
	got.wantCode(t, 1)
	got.wantSaid(t, "error: east: ConfigMap istio-system/asm-options: 1 field conflict",
		`.data.multicluster_mode: conflict with "kubectl-patch"`, "hint: change the field where its owner sets it, or take ownership with --force-conflicts")
	w.mustRun(t, "render", "--apply", "--force-conflicts")
	wantOptions(t, all[0], map[string]string{"ASM_OPTS": googleOptions, "multicluster_mode": "manual"})
}

// testFleetKept: the mesh finds its clusters by remote secrets now.
func testFleetKept(t *testing.T, w workspace, all []*clusters.Cluster) {
	w.writeSpec(t, `
  istio: {distribution: csm, revision: asm-managed}
  trust: {ca: {provider: meshCA}}
  clusters:
  - {name: east, context: admin@east}
  - {name: west, context: admin@west}
`)
	got := w.mustRun(t, "render", "--apply", "--prune")
	got.wantSaid(t, "warning: east: ConfigMap istio-system/asm-options is no longer in the mesh and is kept: it also contains options that do not belong to the mesh")
	wantOptions(t, all[0], map[string]string{"ASM_OPTS": googleOptions, "multicluster_mode": "manual"})
}
