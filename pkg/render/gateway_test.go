package render_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	gatewayapi "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/render"
)

// gatewaysOf writes the Gateways of gateway.networking.k8s.io in an overlay in few words: name,
// namespace and class, then a line each for labels but ours, annotations, those of the Service,
// addresses and listeners.
func gatewaysOf(t testing.TB, in render.Input, cluster string) string {
	t.Helper()
	var b strings.Builder
	for _, doc := range documents(yamlOf(t, compile(t, in, cluster, render.Options{}))) {
		o := objects(t, doc)[0]
		if o["kind"] != "Gateway" || !strings.HasPrefix(fmt.Sprint(o["apiVersion"]), "gateway.networking") {
			continue
		}
		var g gatewayapi.Gateway
		if err := yaml.UnmarshalStrict(doc, &g); err != nil {
			t.Fatal(err)
		}
		delete(g.Labels, access.LabelManagedBy)
		delete(g.Labels, access.LabelMesh)
		fmt.Fprintf(&b, "%s in %s, class %s\n", g.Name, g.Namespace, g.Spec.GatewayClassName)
		writeMap(&b, "label", g.Labels)
		writeMap(&b, "annotation", g.Annotations)
		if g.Spec.Infrastructure != nil {
			writeMap(&b, "service", g.Spec.Infrastructure.Annotations)
			writeMap(&b, "infrastructure label", infrastructureLabels(g))
			if ref := g.Spec.Infrastructure.ParametersRef; ref != nil {
				fmt.Fprintf(&b, "  parameters %s %s\n", ref.Kind, ref.Name)
			}
		}
		for _, address := range g.Spec.Addresses {
			fmt.Fprintf(&b, "  address %s %s\n", *address.Type, address.Value)
		}
		for _, l := range g.Spec.Listeners {
			writeListener(&b, l)
		}
	}
	return b.String()
}

func infrastructureLabels(g gatewayapi.Gateway) map[gatewayapi.LabelKey]gatewayapi.LabelValue {
	labels := maps.Clone(g.Spec.Infrastructure.Labels)
	delete(labels, access.LabelManagedBy)
	delete(labels, access.LabelMesh)
	return labels
}

func writeMap[K, V ~string](b *strings.Builder, what string, of map[K]V) {
	for _, key := range slices.Sorted(maps.Keys(of)) {
		fmt.Fprintf(b, "  %s %s=%s\n", what, key, of[key])
	}
}

func writeListener(b *strings.Builder, l gatewayapi.Listener) {
	fmt.Fprintf(b, "  listener %s %d %s %s", l.Name, l.Port, l.Protocol, *l.TLS.Mode)
	if l.Hostname != nil {
		fmt.Fprintf(b, " %s", *l.Hostname)
	}
	for key, value := range l.TLS.Options {
		fmt.Fprintf(b, " %s=%s", key, value)
	}
	if l.AllowedRoutes != nil {
		fmt.Fprintf(b, " routes from %v %v", *l.AllowedRoutes.Namespaces.From, l.AllowedRoutes.Namespaces.Selector.MatchLabels)
	}
	b.WriteString("\n")
}

// checkGateways compares the Gateways of one cluster with their text.
func checkGateways(t *testing.T, spec, cluster, want string) {
	t.Helper()
	want = strings.TrimPrefix(want, "\n")
	if diff := cmp.Diff(want, gatewaysOf(t, load(t, spec), cluster)); diff != "" {
		t.Errorf("%s of %s (-want +got):\n%s", cluster, spec, diff)
	}
}

// The three generations of Solo's gateways, as those of b are where a calls it.
const (
	ownBefore128 = `
istio-eastwest in istio-eastwest, class istio-eastwest
  label istio.io/expose-istiod=15012
  label topology.istio.io/network=z
  listener cross-network 15008 HBONE Passthrough
  listener xds-tls 15012 TLS Passthrough
`
	ownSince128 = `
istio-eastwest in istio-eastwest, class istio-eastwest
  label istio.io/expose-istiod=15012
  label topology.istio.io/cluster=b
  label topology.istio.io/network=z
  annotation peering.solo.io/data-plane-service-type=loadbalancer
  listener cross-network 15008 HBONE Passthrough
  listener xds-tls 15012 TLS Passthrough
`
	peerBefore128 = `
istio-remote-peer-b in istio-eastwest, class istio-remote
  label topology.istio.io/cluster=b
  label topology.istio.io/network=z
  annotation gateway.istio.io/service-account=istio-eastwest
  annotation gateway.istio.io/trust-domain=b.test
  address IPAddress 198.51.100.2
  listener cross-network 15008 HBONE Passthrough
  listener xds-tls 15012 TLS Passthrough
`
	peerOf128 = `
istio-remote-peer-b in istio-eastwest, class istio-remote
  label topology.istio.io/cluster=b
  label topology.istio.io/network=z
  annotation gateway.istio.io/service-account=istio-eastwest
  annotation gateway.istio.io/trust-domain=b.test
  annotation peering.solo.io/preferred-data-plane-service-type=loadbalancer
  address IPAddress 198.51.100.2
  listener cross-network 15008 HBONE Passthrough
  listener xds-tls 15012 TLS Passthrough
`
	peerSince1282 = `
istio-remote-peer-b in istio-eastwest, class istio-remote
  label topology.istio.io/cluster=b
  label topology.istio.io/network=z
  annotation gateway.istio.io/service-account=istio-eastwest
  annotation gateway.istio.io/trust-domain=b.test
  annotation peering.solo.io/preferred-data-plane-service-type=loadbalancer
  address IPAddress 198.51.100.2
  listener xds-tls 15012 TLS Passthrough
`
)

// peered is a mesh of peers in which a calls b, with istio, networks and gateway of b to be said.
func peered(istioA, istioB, network, gateway string) string {
	return `
  discovery: peering
  istio: {distribution: solo, dataPlane: ambient}
  links: [{from: [a], to: [b]}]
  clusters:
  - {name: a, network: x, istio: {` + istioA + `}}
  - {name: b, network: ` + network + `, trustDomain: b.test, istio: {` + istioB + `}, gateway: {` + gateway + `}}
`
}

// The version of a cluster sets the shape of its own gateway and of the peer Gateways in it, not
// of those that stand for it elsewhere.
func TestGatewaysByVersion(t *testing.T) {
	for _, tt := range []struct{ version, own, peer string }{
		{"1.24.3", ownBefore128, peerBefore128},
		{"1.25.0", ownBefore128, peerBefore128},
		{"1.27.0", ownBefore128, peerBefore128},
		{"1.28.0", ownSince128, peerOf128},
		{"1.28.1", ownSince128, peerOf128},
		{"1.28.2", ownSince128, peerSince1282},
		{"1.29.3", ownSince128, peerSince1282},
		{"1.30.2", ownSince128, peerSince1282},
		{"", ownSince128, peerOf128}, // no version: what all of them take
	} {
		t.Run("version "+tt.version, func(t *testing.T) {
			version := ""
			if tt.version != "" {
				version = "version: " + tt.version + "-solo"
			}
			const address = "addresses: [198.51.100.2]"
			for other, own := range map[string]string{"version: 1.25.0-solo": ownBefore128, "version: 1.30.2-solo": ownSince128} {
				checkGateways(t, peered(version, other, "z", address), "a", tt.peer)
				checkGateways(t, peered(version, other, "z", address), "b", own)
			}
			checkGateways(t, peered("version: 1.26.3", version, "z", address), "a", peerBefore128)
			checkGateways(t, peered("version: 1.26.3", version, "z", address), "b", tt.own)
		})
	}
}

func TestPeeringGateways(t *testing.T) {
	const version = "version: 1.28.0-solo"
	for name, tt := range map[string]struct{ spec, own, peer string }{
		"node ports": {
			spec: peered(version, version, "z", "addresses: [198.51.100.2], service: NodePort"),
			own:  strings.Replace(ownSince128, "loadbalancer", "NodePort", 1),
			peer: strings.Replace(peerSince1282, "loadbalancer", "NodePort", 1),
		},
		"node ports, no version": {
			spec: peered("", "", "z", "addresses: [198.51.100.2], service: NodePort"),
			own:  strings.Replace(ownSince128, "loadbalancer", "NodePort", 1),
			peer: strings.Replace(peerSince1282, "loadbalancer", "NodePort", 1),
		},
		"control planes meet at a node port": {
			spec: peered(version, version, "z", "addresses: [198.51.100.2], xdsPort: 30016"),
			own:  ownSince128,
			peer: strings.Replace(peerOf128, "xds-tls 15012", "xds-tls 30016", 1),
		},
		"a flat network": {
			spec: peered(version, version, "x", "addresses: [198.51.100.2]"),
			own:  strings.NewReplacer("network=z", "network=x", "  listener cross-network 15008 HBONE Passthrough\n", "").Replace(ownSince128),
			peer: strings.Replace(peerSince1282, "network=z", "network=x", 1),
		},
		"no network: that is a finding, and no empty label": {
			spec: peered(version, version, `""`, "addresses: [198.51.100.2]"),
			own:  strings.NewReplacer("  label topology.istio.io/network=z\n", "", "  listener cross-network 15008 HBONE Passthrough\n", "").Replace(ownSince128),
			peer: strings.Replace(peerSince1282, "  label topology.istio.io/network=z\n", "", 1),
		},
		"a host name": {
			spec: peered(version, version, "z", "addresses: [b.gw.example.com]"),
			own:  ownSince128,
			peer: strings.Replace(peerOf128, "IPAddress 198.51.100.2", "Hostname b.gw.example.com", 1),
		},
		"IPv6": {
			spec: peered(version, version, "z", `addresses: ["2001:db8::2"]`),
			own:  ownSince128,
			peer: strings.Replace(peerOf128, "198.51.100.2", "2001:db8::2", 1),
		},
		"another namespace, the same where it is called": {
			spec: peered(version, version, "z", "addresses: [198.51.100.2], namespace: gates"),
			own:  strings.Replace(ownSince128, "in istio-eastwest", "in gates", 1),
			peer: strings.Replace(peerOf128, "in istio-eastwest", "in gates", 1),
		},
		"annotations of the Service": {
			spec: peered(version, version, "z", "addresses: [198.51.100.2], annotations: {example.com/scheme: internal}"),
			own:  strings.Replace(ownSince128, "  listener", "  service example.com/scheme=internal\n  listener", 1),
			peer: peerOf128,
		},
		"revisions, each its own": {
			spec: peered(version+", revision: blue", version+", revision: green", "z", "addresses: [198.51.100.2]"),
			own:  strings.Replace(ownSince128, "  label topology", "  label istio.io/rev=green\n  label topology", 1),
			peer: strings.Replace(peerOf128, "  label topology", "  label istio.io/rev=blue\n  label topology", 1),
		},
	} {
		t.Run(name, func(t *testing.T) {
			checkGateways(t, tt.spec, "a", tt.peer)
			checkGateways(t, tt.spec, "b", tt.own)
		})
	}
}

// A Gateway of Istio's own classes, and the peer Gateway that one may ask for.
func TestIstioGateways(t *testing.T) {
	const sidecar = "  listener cross-network 15443 TLS Passthrough *.local\n"
	const hbone = "  listener mesh 15008 HBONE Terminate gateway.istio.io/tls-terminate-mode=ISTIO_MUTUAL\n"
	for name, tt := range map[string]struct{ istio, cluster, own, peer string }{
		"sidecar": {
			cluster: `gateway: {}`,
			own:     "istio-eastwestgateway in istio-system, class istio\n  label topology.istio.io/network=z\n" + sidecar,
		},
		"nothing is said of it": {
			own: "istio-eastwestgateway in istio-system, class istio\n  label topology.istio.io/network=z\n" + sidecar,
		},
		"sidecar at node ports": {
			cluster: `gateway: {service: NodePort}`,
			own: "istio-eastwestgateway in istio-system, class istio\n  label topology.istio.io/network=z\n" +
				"  annotation networking.istio.io/service-type=NodePort\n  service traffic.istio.io/nodeSelector={}\n" + sidecar,
		},
		"sidecar at node ports of some nodes": {
			cluster: `gateway: {service: NodePort, annotations: {traffic.istio.io/nodeSelector: '{"edge":"yes"}'}}`,
			own: "istio-eastwestgateway in istio-system, class istio\n  label topology.istio.io/network=z\n" +
				"  annotation networking.istio.io/service-type=NodePort\n  service traffic.istio.io/nodeSelector={\"edge\":\"yes\"}\n" + sidecar,
		},
		"sidecar with a revision, elsewhere, behind an internal load balancer": {
			istio: "revision: canary", cluster: `gateway: {namespace: gates, annotations: {networking.gke.io/load-balancer-type: Internal}}`,
			own: "istio-eastwestgateway in gates, class istio\n  label istio.io/rev=canary\n  label topology.istio.io/network=z\n" +
				"  service networking.gke.io/load-balancer-type=Internal\n" + sidecar,
		},
		"sidecar with a peer Gateway": {
			cluster: `gateway: {peerGateway: true, addresses: [198.51.100.2, "2001:db8::2", gw.example.com]}, locality: {region: r1, zone: r1-a, subzone: rack}`,
			own:     "istio-eastwestgateway in istio-system, class istio\n  label topology.istio.io/network=z\n" + sidecar,
			peer: "istio-remote-peer-b in istio-system, class istio-remote\n  label topology.istio.io/cluster=b\n  label topology.istio.io/network=z\n" +
				"  label topology.istio.io/subzone=rack\n  label topology.kubernetes.io/region=r1\n  label topology.kubernetes.io/zone=r1-a\n" +
				"  annotation gateway.istio.io/service-account=istio-eastwestgateway-istio\n" +
				"  address IPAddress 198.51.100.2\n  address IPAddress 2001:db8::2\n  address Hostname gw.example.com\n" + sidecar,
		},
		"sidecar behind NAT": {
			cluster: `gateway: {addressesOnly: true, peerGateway: true, addresses: [198.51.100.2], annotations: {example.com/pool: b}}`,
			own: "istio-eastwestgateway in istio-system, class istio\n  label topology.istio.io/network=z\n" +
				"  service example.com/pool=b\n  parameters ConfigMap istio-eastwestgateway-service\n" + sidecar,
			peer: "istio-remote-peer-b in istio-system, class istio-remote\n  label topology.istio.io/cluster=b\n  label topology.istio.io/network=z\n" +
				"  annotation gateway.istio.io/service-account=istio-eastwestgateway-istio\n  address IPAddress 198.51.100.2\n" + sidecar,
		},
		"sidecar at forwarded node ports": {
			cluster: `gateway: {addressesOnly: true, service: NodePort, addresses: [198.51.100.2]}`,
			own: "istio-eastwestgateway in istio-system, class istio\n  label topology.istio.io/network=z\n" +
				"  annotation networking.istio.io/service-type=NodePort\n  parameters ConfigMap istio-eastwestgateway-service\n" + sidecar,
		},
		"ambient behind NAT": {
			istio: "dataPlane: ambient", cluster: `gateway: {addressesOnly: true, addresses: [198.51.100.2]}`,
			own: "istio-eastwestgateway in istio-system, class istio-east-west\n" +
				"  infrastructure label topology.istio.io/network=z\n  parameters ConfigMap istio-eastwestgateway-service\n" + hbone,
		},
		"ambient": {
			istio: "dataPlane: ambient", cluster: `gateway: {}`,
			own: "istio-eastwestgateway in istio-system, class istio-east-west\n  label topology.istio.io/network=z\n" + hbone,
		},
		"ambient with a revision and a peer Gateway": {
			istio: "dataPlane: ambient, revision: canary", cluster: `gateway: {service: NodePort, peerGateway: true, addresses: [198.51.100.2]}, locality: {region: r1}`,
			own: "istio-eastwestgateway in istio-system, class istio-east-west\n  label istio.io/rev=canary\n  label topology.istio.io/network=z\n" +
				"  annotation networking.istio.io/service-type=NodePort\n" + hbone,
			peer: "istio-remote-peer-b in istio-system, class istio-remote\n  label istio.io/rev=canary\n  label topology.istio.io/cluster=b\n" +
				"  label topology.istio.io/network=z\n  label topology.kubernetes.io/region=r1\n" +
				"  annotation gateway.istio.io/service-account=istio-eastwestgateway\n  address IPAddress 198.51.100.2\n" + hbone,
		},
		"Helm's, with a peer Gateway": {
			cluster: `gateway: {api: istio, peerGateway: true, addresses: [198.51.100.2]}`,
			peer: "istio-remote-peer-b in istio-system, class istio-remote\n  label topology.istio.io/cluster=b\n  label topology.istio.io/network=z\n" +
				"  annotation gateway.istio.io/service-account=istio-eastwestgateway\n  address IPAddress 198.51.100.2\n" +
				"  listener cross-network 15443 TLS Passthrough\n",
		},
		"Helm's ingress gateway, with a peer Gateway": {
			cluster: `gateway: {api: istio, workload: ingressgateway, peerGateway: true, addresses: [198.51.100.2]}`,
			peer: "istio-remote-peer-b in istio-system, class istio-remote\n  label networking.istio.io/gatewayPort=443\n" +
				"  label topology.istio.io/cluster=b\n  label topology.istio.io/network=z\n" +
				"  annotation gateway.istio.io/service-account=istio-ingressgateway\n  address IPAddress 198.51.100.2\n" +
				"  listener cross-network 443 TLS Passthrough\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			spec := "\n  istio: {" + tt.istio + "}\n  links: [{from: [a], to: [b]}]\n  clusters:\n  - {name: a, network: x}\n" +
				"  - {name: b, network: z, api: {server: \"https://203.0.113.2\"}, " + tt.cluster + "}\n"
			checkGateways(t, spec, "a", tt.peer)
			checkGateways(t, spec, "b", tt.own)
		})
	}
}
