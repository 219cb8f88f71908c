package render_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// specOf is the spec of one object as YAML, after its namespace; empty if there is no such.
func specOf(t testing.TB, in render.Input, cluster, id string) string {
	t.Helper()
	for _, o := range objects(t, yamlOf(t, compile(t, in, cluster, render.Options{}))) {
		if idOf(o) == id {
			text, err := yaml.Marshal(o["spec"])
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprintf("in %s\n%s", o.at("metadata", "namespace"), text)
		}
	}
	return ""
}

func checkSpec(t *testing.T, in render.Input, cluster, id, want string) {
	t.Helper()
	if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), specOf(t, in, cluster, id)); diff != "" {
		t.Errorf("%s of %s (-want +got):\n%s", id, cluster, diff)
	}
}

// A gateway in another namespace takes routes of Istio's, and a revision has a Service of its own.
func TestRoutesToIstiod(t *testing.T) {
	near := load(t, `
  clusters:
  - {name: p, network: x, gateway: {addresses: [198.51.100.1]}}
  - {name: r, network: x, controlPlane: p}
`)
	if diff := cmp.Diff(`istio-eastwestgateway in istio-system, class istio
  listener tls-istiod 15012 TLS Passthrough
  listener tls-istiodwebhook 15017 TLS Passthrough
`, gatewaysOf(t, near, "p")); diff != "" {
		t.Errorf("the gateway for istiod alone leads into no network (-want +got):\n%s", diff)
	}
	checkSpec(t, near, "p", "TLSRoute/tls-istiod", `
in istio-system
hostnames:
- istiod.istio-system.svc
- istiod.istio-system.svc.cluster.local
parentRefs:
- name: istio-eastwestgateway
  sectionName: tls-istiod
rules:
- backendRefs:
  - name: istiod
    port: 15012
`)

	far := load(t, `
  istio: {revision: canary, namespace: mesh}
  clusters:
  - {name: p, network: x, gateway: {namespace: gates, addresses: [198.51.100.1]}}
  - {name: r, network: z, controlPlane: p}
`)
	if diff := cmp.Diff(`istio-eastwestgateway in gates, class istio
  label istio.io/rev=canary
  label topology.istio.io/network=x
  listener cross-network 15443 TLS Passthrough *.local
  listener tls-istiod 15012 TLS Passthrough routes from Selector map[kubernetes.io/metadata.name:mesh]
  listener tls-istiodwebhook 15017 TLS Passthrough routes from Selector map[kubernetes.io/metadata.name:mesh]
`, gatewaysOf(t, far, "p")); diff != "" {
		t.Errorf("the gateway for both (-want +got):\n%s", diff)
	}
	checkSpec(t, far, "p", "TLSRoute/tls-istiodwebhook", `
in mesh
hostnames:
- istiod-canary.mesh.svc
- istiod-canary.mesh.svc.cluster.local
parentRefs:
- name: istio-eastwestgateway
  namespace: gates
  sectionName: tls-istiodwebhook
rules:
- backendRefs:
  - name: istiod-canary
    port: 443
`)
	if got := gatewaysOf(t, far, "r"); got != "" {
		t.Errorf("nobody deploys a Gateway in r:\n%s", got)
	}
}

// What opens gateways of Helm stands in the cluster of their control plane, once for each
// workload.
func TestGatewaysOfHelm(t *testing.T) {
	in := load(t, `
  istio: {revision: canary}
  clusters:
  - {name: p, network: x, gateway: {api: istio, addresses: [198.51.100.1]}}
  - {name: r, network: v, controlPlane: p, gateway: {workload: ingressgateway}}
  - {name: s, network: z, controlPlane: p}
  - {name: q, network: w, gateway: {api: istio, workload: ingressgateway}}
`)
	want := map[string][]string{
		"p": {"Gateway.networking.istio.io/cluster-aware-gateway", "Gateway.networking.istio.io/cross-network-gateway",
			"Gateway.networking.istio.io/istiod-gateway", "VirtualService.networking.istio.io/istiod-vs"},
		"q": {"Gateway.networking.istio.io/cluster-aware-gateway"},
	}
	for _, cluster := range in.Graph.Names() {
		var got []string
		for _, o := range objects(t, yamlOf(t, compile(t, in, cluster, render.Options{}))) {
			if id := idOf(o); strings.Contains(id, "networking.istio.io") {
				got = append(got, id)
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(want[cluster], got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", cluster, diff)
		}
	}
	checkSpec(t, in, "p", "Gateway.networking.istio.io/cross-network-gateway", `
in istio-system
selector:
  istio: eastwestgateway
servers:
- hosts:
  - '*.local'
  port:
    name: tls
    number: 15443
    protocol: TLS
  tls:
    mode: AUTO_PASSTHROUGH
`)
	checkSpec(t, in, "q", "Gateway.networking.istio.io/cluster-aware-gateway", `
in istio-system
selector:
  istio: ingressgateway
servers:
- hosts:
  - '*.local'
  port:
    name: tls
    number: 443
    protocol: TLS
  tls:
    mode: AUTO_PASSTHROUGH
`)
	checkSpec(t, in, "p", "Gateway.networking.istio.io/istiod-gateway", `
in istio-system
selector:
  istio: eastwestgateway
servers:
- hosts:
  - '*'
  port:
    name: tls-istiod
    number: 15012
    protocol: TLS
  tls:
    mode: PASSTHROUGH
- hosts:
  - '*'
  port:
    name: tls-istiodwebhook
    number: 15017
    protocol: TLS
  tls:
    mode: PASSTHROUGH
`)
	checkSpec(t, in, "p", "VirtualService.networking.istio.io/istiod-vs", `
in istio-system
gateways:
- istiod-gateway
hosts:
- istiod-canary.istio-system.svc
- istiod-canary.istio-system.svc.cluster.local
tls:
- match:
  - port: 15012
    sniHosts:
    - istiod-canary.istio-system.svc
    - istiod-canary.istio-system.svc.cluster.local
  route:
  - destination:
      host: istiod-canary.istio-system.svc.cluster.local
      port:
        number: 15012
- match:
  - port: 15017
    sniHosts:
    - istiod-canary.istio-system.svc
    - istiod-canary.istio-system.svc.cluster.local
  route:
  - destination:
      host: istiod-canary.istio-system.svc.cluster.local
      port:
        number: 443
`)
}

// Namespaces: Istio's says its network and who may lead there; those of gateways are there too,
// and say neither.
func TestNamespaces(t *testing.T) {
	in := load(t, `
  clusters:
  - {name: p, network: x, gateway: {namespace: gates, addresses: [198.51.100.1], peerGateway: true}}
  - {name: q, network: z, gateway: {namespace: doors}}
  - {name: r, network: x, controlPlane: p}
`)
	const network, leader = "topology.istio.io/network", "topology.istio.io/controlPlaneClusters"
	for cluster, want := range map[string]string{
		"p": "gates, istio-system network=x",
		"q": "doors, gates, istio-system network=z",
		"r": "istio-system network=x led by p",
	} {
		var got []string
		for _, o := range objects(t, yamlOf(t, compile(t, in, cluster, render.Options{}))) {
			if o["kind"] == "Namespace" {
				text := fmt.Sprint(o.at("metadata", "name"))
				if value := o.at("metadata", "labels", network); value != nil {
					text += fmt.Sprint(" network=", value)
				}
				if value := o.at("metadata", "annotations", leader); value != nil {
					text += fmt.Sprint(" led by ", value)
				}
				got = append(got, text)
			}
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%s has the namespaces %q, want %q", cluster, text, want)
		}
	}
}

func TestFleetOptions(t *testing.T) {
	in := load(t, `
  discovery: fleet
  istio: {distribution: csm}
  clusters:
  - {name: a}
  - {name: b, istio: {multiclusterMode: manual, namespace: mesh}}
`)
	for cluster, want := range map[string]string{"a": "istio-system/asm-options map[multicluster_mode:connected]", "b": "mesh/asm-options map[multicluster_mode:manual]"} {
		var got []string
		for _, o := range objects(t, yamlOf(t, compile(t, in, cluster, render.Options{}))) {
			if o["kind"] == "ConfigMap" {
				got = append(got, fmt.Sprint(o.at("metadata", "namespace"), "/", o.at("metadata", "name"), " ", o["data"]))
			}
		}
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", cluster, diff)
		}
	}
}

// A link one way adds to the overlay of the one that is called what lets others in, and nothing by
// which it would find its caller.
func TestOneWayRendersNothingBackwards(t *testing.T) {
	for name, head := range map[string]string{
		"sidecar": "istio: {version: 1.30.2}",
		"ambient": "istio: {dataPlane: ambient}",
		"peering": "discovery: peering\n  istio: {distribution: solo}",
	} {
		t.Run(name, func(t *testing.T) {
			in := load(t, "\n  "+head+`
  links: [{from: [a], to: [b]}]
  clusters:
  - {name: a, network: x, api: {server: "https://203.0.113.1"}, gateway: {peerGateway: true, addresses: [198.51.100.1]}}
  - {name: b, network: z, api: {server: "https://203.0.113.2"}, gateway: {peerGateway: true, addresses: [198.51.100.2]}}
`)
			forward, backward := about(t, in, "a", "b"), about(t, in, "b", "a")
			if len(forward) == 0 {
				t.Error("a has nothing by which it finds b")
			}
			if in.Mesh.Spec.Discovery == v1alpha1.DiscoveryPeering && len(backward) > 0 {
				t.Errorf("b has %q", backward)
			}
			for _, id := range backward {
				if !strings.Contains(id, "mesh-reader-a") { // how a reads b
					t.Errorf("b has %s", id)
				}
			}
			for _, o := range objects(t, yamlOf(t, compile(t, in, "a", render.Options{Secrets: true}))) {
				if id := idOf(o); o["kind"] == "Gateway" && id != "Gateway/istio-remote-peer-b" || o["kind"] == "ServiceAccount" {
					t.Errorf("nobody calls a, but it has %s", id)
				}
			}
		})
	}
}

// about lists the objects of one cluster that are named after another.
func about(t *testing.T, in render.Input, cluster, other string) []string {
	t.Helper()
	var ids []string
	for _, o := range objects(t, yamlOf(t, compile(t, in, cluster, render.Options{Secrets: true}))) {
		if id := idOf(o); slices.Contains(strings.Split(strings.TrimSuffix(id, "-token"), "-"), other) {
			ids = append(ids, id)
		}
	}
	return ids
}
