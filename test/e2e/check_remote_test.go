package e2e

import (
	"encoding/pem"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestCheckRemote: east serves west, which has no control plane. What Istio's chart would leave in west is put there by
// hand, and then broken, one thing at a time.
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

	r, _ := w.check(t)
	r.wantReason(t, "CHECK048", "west", "", "there is no Service istio-system/istiod")
	r.wantReason(t, "CHECK049", "west", "", "no MutatingWebhookConfiguration injects sidecars for revision default")
	r.wantReason(t, "CHECK050", "west", "", "")
	r.wantReason(t, "CHECK051", "east", "", "TLSRoute istio-system/tls-istiod is not attached: no gateway has looked at it")
	r.wantReason(t, "CHECK019", "east", "west", "")

	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "istiod"}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "tcp-istiod", Port: 15012}}}}
	must(t)(west.CoreV1().Services(istioNamespace).Create(t.Context(), service, metav1.CreateOptions{}))
	slice := &discoveryv1.EndpointSlice{ObjectMeta: metav1.ObjectMeta{Name: "istiod", Labels: map[string]string{discoveryv1.LabelServiceName: "istiod"}},
		AddressType: discoveryv1.AddressTypeIPv4, Endpoints: []discoveryv1.Endpoint{{Addresses: []string{"198.51.100.9"}}}}
	must(t)(west.DiscoveryV1().EndpointSlices(istioNamespace).Create(t.Context(), slice, metav1.CreateOptions{}))
	webhooks := west.AdmissionregistrationV1().MutatingWebhookConfigurations()
	broken, err := webhooks.Create(t.Context(), injector("/inject", nil), metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	must(t)(west.CoreV1().Namespaces().Patch(t.Context(), istioNamespace, types.MergePatchType,
		[]byte(`{"metadata":{"annotations":{"topology.istio.io/controlPlaneClusters":"north"}}}`), metav1.PatchOptions{}))
	if err := west.RbacV1().ClusterRoleBindings().Delete(t.Context(), "mesh-control-plane", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	r, _ = w.check(t)
	r.wantReason(t, "CHECK048", "west", "", "Service istio-system/istiod leads to 198.51.100.9, and the gateway of east is at 198.51.100.7")
	r.wantReason(t, "CHECK049", "west", "", "webhook sidecar-injector.istio.io of istio-sidecar-injector calls path /inject, not /inject/cluster/west")
	remedy := r.wantReason(t, "CHECK050", "west", "", "names the control planes of north, and east serves it")
	r.wantReason(t, "CHECK019", "east", "west", "system:serviceaccount:istio-system:mesh-reader-east has no permission in west for: ")

	// One remedy brings the annotation and the permissions; the rest is the chart's.
	command, _ := strings.CutPrefix(remedy, "kubectl mesh ")
	if got := w.run(t, strings.Fields(command)...); got.code != 0 && got.code != 3 {
		t.Errorf("%s: exit code %d\n%s", remedy, got.code, got.stderr)
	}
	slice.Endpoints[0].Addresses = []string{"198.51.100.7"}
	must(t)(west.DiscoveryV1().EndpointSlices(istioNamespace).Update(t.Context(), slice, metav1.UpdateOptions{}))
	repaired := injector("/inject/cluster/west", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root}))
	repaired.ResourceVersion = broken.ResourceVersion
	must(t)(webhooks.Update(t.Context(), repaired, metav1.UpdateOptions{}))
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

// injector is the webhook as the chart of a remote cluster has it. It selects no namespace that is there.
func injector(path string, bundle []byte) *admissionv1.MutatingWebhookConfiguration {
	none := admissionv1.SideEffectClassNone
	return &admissionv1.MutatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: "istio-sidecar-injector", Labels: map[string]string{"app": "sidecar-injector", "istio.io/rev": "default"}},
		Webhooks: []admissionv1.MutatingWebhook{{
			Name: "sidecar-injector.istio.io", SideEffects: &none, AdmissionReviewVersions: []string{"v1"},
			ClientConfig:      admissionv1.WebhookClientConfig{CABundle: bundle, Service: &admissionv1.ServiceReference{Namespace: istioNamespace, Name: "istiod", Path: &path}},
			NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"no": "namespace"}},
		}},
	}
}
