package e2e

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestCheckRemote: east serves west, which has no control plane. What Istio's chart leaves in west is broken, and every
// remedy that is printed for it is run as it is printed.
func TestCheckRemote(t *testing.T) {
	all := clusters.Start(t, "east", "west")
	west := client(t, all[1])
	clusters.InstallGatewayAPI(t, all...)
	w := firstWorkspace(t, all)
	w.mustRun(t, "init", "--force", "--name", "shop", "--context", "admin@east", "--context", "admin@west")
	w.waiveLoopback(t)
	text := w.read(t, "mesh.yaml")
	text = strings.Replace(text, "context: admin@east\n", "context: admin@east\n      gateway: {addresses: [198.51.100.7]}\n", 1)
	text = strings.Replace(text, "context: admin@west\n", "context: admin@west\n      controlPlane: east\n", 1)
	w.write(t, "mesh.yaml", text)
	w.mustRun(t, "render", "--apply")
	root := newRoot(t)
	for _, c := range all {
		publishRoots(t, c, root)
	}

	istiod{image: "istio/pilot:1.30.5", clusterID: "east", meshConfig: "trustDomain: cluster.local"}.install(t, all[0])

	r, _ := w.check(t)
	install := r.wantReason(t, "CHECK048", "west", "", "Service istio-system/istiod is missing")
	r.wantReason(t, "CHECK049", "west", "", "no MutatingWebhookConfiguration injects sidecars for revision default")
	r.wantReason(t, "CHECK050", "west", "", "")
	r.wantReason(t, "CHECK051", "east", "", "TLSRoute istio-system/tls-istiod is not attached: no gateway has processed it")
	r.wantReason(t, "CHECK019", "east", "west", "")

	w.obey(t, install)
	must(t)(west.DiscoveryV1().EndpointSlices(istioNamespace).Patch(t.Context(), "istiod", types.JSONPatchType,
		[]byte(`[{"op": "replace", "path": "/endpoints/0/addresses/0", "value": "198.51.100.9"}]`), metav1.PatchOptions{}))
	webhooks := west.AdmissionregistrationV1().MutatingWebhookConfigurations()
	must(t)(webhooks.Patch(t.Context(), "istio-sidecar-injector", types.JSONPatchType,
		[]byte(`[{"op": "replace", "path": "/webhooks/0/clientConfig/service/path", "value": "/inject"}]`), metav1.PatchOptions{}))
	must(t)(west.CoreV1().Namespaces().Patch(t.Context(), istioNamespace, types.MergePatchType,
		[]byte(`{"metadata":{"annotations":{"topology.istio.io/controlPlaneClusters":"north"}}}`), metav1.PatchOptions{}))
	if err := west.RbacV1().ClusterRoleBindings().Delete(t.Context(), "mesh-control-plane", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	r, _ = w.check(t)
	upgrade := r.wantReason(t, "CHECK048", "west", "", "Service istio-system/istiod points at 198.51.100.9, but the gateway of east is at 198.51.100.7")
	if path := r.wantReason(t, "CHECK049", "west", "", "webhook sidecar-injector.istio.io of istio-sidecar-injector calls path /inject, not /inject/cluster/west"); path != upgrade {
		t.Errorf("two remedies for one chart: %s\n%s", upgrade, path)
	}
	annotate := r.wantReason(t, "CHECK050", "west", "", "lists the control planes of north, but east serves it")
	r.wantReason(t, "CHECK019", "east", "west", "system:serviceaccount:istio-system:mesh-reader-east has no permission in west for: ")

	// One remedy brings the annotation and the permissions, the chart leads to the control plane, which writes its root.
	w.obey(t, annotate)
	w.obey(t, upgrade)
	r, _ = w.check(t)
	for _, id := range []string{"CHECK048", "CHECK050"} {
		r.wantReason(t, id, "west", "", "")
	}
	rewrite := r.wantReason(t, "CHECK049", "west", "", "has no root in caBundle: the control plane of east has not written it")
	w.obey(t, rewrite)
	if east := restarted(t, all[0]); east == "" {
		t.Errorf("istiod of east was not restarted: %s", rewrite)
	}
	bundle, err := json.Marshal(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root}))
	must(t)(bundle, err)
	must(t)(webhooks.Patch(t.Context(), "istio-sidecar-injector", types.JSONPatchType,
		fmt.Appendf(nil, `[{"op": "add", "path": "/webhooks/0/clientConfig/caBundle", "value": %s}]`, bundle), metav1.PatchOptions{}))
	r, _ = w.check(t)
	for _, id := range []string{"CHECK048", "CHECK049", "CHECK050"} {
		r.wantReason(t, id, "west", "", "")
	}
	r.wantReason(t, "CHECK019", "east", "west", "")
	for _, line := range r.open() {
		if strings.Contains(line, " failed west") || strings.HasPrefix(line, "CHECK019") {
			t.Errorf("not ok: %s", line)
		}
	}
}

// restarted is when the istiod of a cluster was last told to restart; empty: never.
func restarted(t *testing.T, c *clusters.Cluster) string {
	t.Helper()
	deployment, err := client(t, c).AppsV1().Deployments(istioNamespace).Get(t.Context(), "istiod", metav1.GetOptions{})
	must(t)(deployment, err)
	return deployment.Spec.Template.Annotations["kubectl.kubernetes.io/restartedAt"]
}
