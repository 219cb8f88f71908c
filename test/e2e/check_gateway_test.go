package e2e

import (
	"testing"

	"github.com/kubectl-mesh/kubectl-mesh/test/e2e/clusters"
)

// TestCheckGateways: an east-west gateway at another address than its peers have, and with nothing behind it.
func TestCheckGateways(t *testing.T) {
	all := clusters.Start(t, "east")
	w := newWorkspace(t, all, "- {name: east, context: admin@east, network: vpc-a, gateway: {addresses: [198.51.100.7]}}")
	createIstioNamespace(t, all[0])
	labelNetwork(t, all[0], "vpc-a")
	r, got := w.check(t)
	got.wantCode(t, 1)
	r.wantReason(t, "CHECK006", "east", "", "the Gateway API CRDs are not installed")
	r.wantReason(t, "CHECK008", "east", "", "but it has no address")

	clusters.InstallGatewayAPI(t, all...)
	addGateway(t, all[0], "eastwest", "istio", "vpc-a", "198.51.100.9")
	r, got = w.check(t)
	got.wantCode(t, 1)
	r.wantReason(t, "CHECK006", "east", "", "")
	remedy := r.wantReason(t, "CHECK007", "east", "", "Gateway istio-system/eastwest is not programmed: ")
	if want := "kubectl --context=admin@east -n istio-system describe gateway eastwest"; remedy != want {
		t.Errorf("remedy: got %q, want %q", remedy, want)
	}
	r.wantReason(t, "CHECK008", "east", "", "peers call its east-west gateway at 198.51.100.7, but it is at 198.51.100.9")
}

// TestCheckGatewayOfHelm: one that opens the control plane alone has no network, and is found all the same.
func TestCheckGatewayOfHelm(t *testing.T) {
	all := clusters.Start(t, "east")
	w := newWorkspace(t, all, "- {name: east, context: admin@east, gateway: {api: istio, addresses: [198.51.100.7]}}",
		"- {name: west, controlPlane: east}")
	createIstioNamespace(t, all[0])
	r, _ := w.check(t)
	r.wantReason(t, "CHECK008", "east", "", "but it has no address")
	addGatewayService(t, all[0], map[string]string{"app.kubernetes.io/managed-by": "Helm", "kubectl-mesh.dev/mesh": "shop"}, "198.51.100.7")
	r, _ = w.check(t)
	r.wantReason(t, "CHECK008", "east", "", "")
}
