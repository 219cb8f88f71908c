package helm_test

import (
	"slices"
	"strings"
	"testing"
)

// The values of one chart, every scalar of them, as path=value.
func TestValues(t *testing.T) {
	for name, test := range map[string]struct{ spec, cluster, chart, want string }{
		"the least": {
			spec: `{clusters: [{name: a}, {name: b}]}`, cluster: "a", chart: "istiod",
			want: `env.ISTIO_MULTIROOT_MESH="true" global.istioNamespace=istio-system global.meshID=shop global.multiCluster.clusterName=a meshConfig.trustDomain=cluster.local`,
		},
		"a second root only while one is rotated": {
			spec: `{trust: {ca: {multiRoot: false}}, clusters: [{name: a}, {name: b}]}`, cluster: "a", chart: "istiod",
			want: `global.istioNamespace=istio-system global.meshID=shop global.multiCluster.clusterName=a meshConfig.trustDomain=cluster.local`,
		},
		"base follows the revision": {
			spec: `{istio: {revision: canary, namespace: mesh}, clusters: [{name: a, platform: gke}]}`, cluster: "a", chart: "base",
			want: `defaultRevision=canary global.istioNamespace=mesh global.platform=gke`,
		},
		"a primary of remotes": {
			spec: `{clusters: [{name: a, gateway: {addresses: [203.0.113.1]}}, {name: b, controlPlane: a}]}`, cluster: "a", chart: "istiod",
			want: `env.ISTIO_MULTIROOT_MESH="true" global.externalIstiod=true global.istioNamespace=istio-system global.meshID=shop global.multiCluster.clusterName=a meshConfig.trustDomain=cluster.local`,
		},
		"a remote": {
			spec:    `{istio: {revision: r}, clusters: [{name: a, network: n1, gateway: {addresses: [203.0.113.1]}}, {name: b, network: n2, controlPlane: a}]}`,
			cluster: "b", chart: "istiod",
			want: `global.istioNamespace=istio-system global.meshID=shop global.multiCluster.clusterName=b global.network=n2 ` +
				`global.remotePilotAddress=203.0.113.1 istiodRemote.injectionPath=/inject/cluster/b/net/n2 meshConfig.trustDomain=cluster.local profile=remote revision=r`,
		},
		"trust domains": {
			spec: `{trust: {domain: one, domainAliases: [two, old]}, clusters: [{name: a}, {name: b, trustDomain: two}]}`, cluster: "b", chart: "istiod",
			want: `env.ISTIO_MULTIROOT_MESH="true" global.istioNamespace=istio-system global.meshID=shop global.multiCluster.clusterName=b meshConfig.trustDomain=two ` +
				`meshConfig.trustDomainAliases[]=old meshConfig.trustDomainAliases[]=one`,
		},
		"networks where asked for": {
			spec: `{istio: {meshNetworks: true}, links: [{from: [a], to: [b]}, {from: [c], to: [a]}], clusters: [{name: a, network: n1, gateway: {namespace: edge}}, ` +
				`{name: b, network: n2, gateway: {addresses: [b.example.com, 203.0.113.2], api: istio, workload: ingressgateway}}, {name: c, network: n3}]}`,
			cluster: "a", chart: "istiod",
			want: `env.ISTIO_MULTIROOT_MESH="true" global.istioNamespace=istio-system global.meshID=shop ` +
				`global.meshNetworks.n1.endpoints[].fromRegistry=a global.meshNetworks.n1.gateways[].port=15443 ` +
				`global.meshNetworks.n1.gateways[].registryServiceName=istio-eastwestgateway-istio.edge.svc.cluster.local ` +
				`global.meshNetworks.n2.endpoints[].fromRegistry=b ` +
				`global.meshNetworks.n2.gateways[].address=203.0.113.2 global.meshNetworks.n2.gateways[].address=b.example.com ` +
				`global.meshNetworks.n2.gateways[].port=443 global.meshNetworks.n2.gateways[].port=443 ` +
				`global.multiCluster.clusterName=a global.network=n1 meshConfig.trustDomain=cluster.local`,
		},
		"ambient over networks": {
			spec:    `{istio: {dataPlane: ambient, hub: mirror.example.com/istio}, clusters: [{name: a, network: n1, platform: k3s}, {name: b, network: n2}]}`,
			cluster: "a", chart: "istiod",
			want: `env.AMBIENT_ENABLE_MULTI_NETWORK="true" env.AMBIENT_ENABLE_MULTI_NETWORK_INGRESS="true" env.ISTIO_MULTIROOT_MESH="true" global.hub=mirror.example.com/istio ` +
				`global.istioNamespace=istio-system global.meshID=shop global.multiCluster.clusterName=a global.network=n1 global.platform=k3s ` +
				`meshConfig.trustDomain=cluster.local profile=ambient`,
		},
		"ztunnel knows its cluster and network": {
			spec: `{istio: {dataPlane: ambient, revision: r}, clusters: [{name: a, network: n1}, {name: b, network: n2}]}`, cluster: "a", chart: "ztunnel",
			want: `istioNamespace=istio-system multiCluster.clusterName=a network=n1 profile=ambient revision=r`,
		},
		"charts that do not know GKE": {
			spec: `{istio: {dataPlane: ambient, version: 1.24.6}, clusters: [{name: a, platform: gke}]}`, cluster: "a", chart: "cni",
			want: `cniBinDir=/home/kubernetes/bin profile=ambient`,
		},
		"charts that look below pilot": {
			spec:    `{istio: {version: 1.23.6}, reader: {auth: federated}, links: [{from: [a], to: [b]}], clusters: [{name: a}, {name: b}]}`,
			cluster: "a", chart: "istiod",
			want: `global.istioNamespace=istio-system global.meshID=shop global.multiCluster.clusterName=a meshConfig.trustDomain=cluster.local ` +
				`pilot.env.ISTIO_MULTIROOT_MESH="true" pilot.env.PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS=tokenFile ` +
				`pilot.volumeMounts[].mountPath=/var/run/secrets/mesh pilot.volumeMounts[].name=mesh-peers pilot.volumeMounts[].readOnly=true ` +
				`pilot.volumes[].name=mesh-peers pilot.volumes[].projected.sources[].serviceAccountToken.audience=kubectl-mesh.dev/shop/a/b ` +
				`pilot.volumes[].projected.sources[].serviceAccountToken.expirationSeconds=3600 ` +
				`pilot.volumes[].projected.sources[].serviceAccountToken.path=b/token`,
		},
		"charts that look below pilot, for nothing": {
			spec: `{istio: {version: 1.23.6}, clusters: [{name: a}, {name: b}]}`, cluster: "a", chart: "istiod",
			want: `global.istioNamespace=istio-system global.meshID=shop global.multiCluster.clusterName=a meshConfig.trustDomain=cluster.local pilot.env.ISTIO_MULTIROOT_MESH="true"`,
		},
		"the folder of plugins on GKE": {
			spec: `{istio: {dataPlane: ambient}, clusters: [{name: a, platform: gke}]}`, cluster: "a", chart: "cni",
			want: `cniBinDir=/home/kubernetes/bin global.platform=gke profile=ambient`,
		},
		"a platform that the charts do not know": {
			spec: `{istio: {dataPlane: ambient}, clusters: [{name: a, platform: eks}]}`, cluster: "a", chart: "cni",
			want: `profile=ambient`,
		},
		"a gateway between networks": {
			spec:    `{istio: {revision: r}, clusters: [{name: a, network: n1, gateway: {api: istio, service: NodePort, annotations: {k: v}}}, {name: b, network: n2}]}`,
			cluster: "a", chart: "gateway",
			want: `networkGateway=n1 revision=r service.annotations.k=v service.annotations.traffic.istio.io/nodeSelector='{}' service.type=NodePort`,
		},
		"a gateway that opens istiod alone": {
			spec: `{clusters: [{name: a, gateway: {api: istio, addresses: [203.0.113.1]}}, {name: b, controlPlane: a}]}`, cluster: "a", chart: "gateway",
			want: `labels.kubectl-mesh.dev/mesh=shop service.ports[].name=status-port service.ports[].name=tls-istiod service.ports[].name=tls-webhook ` +
				`service.ports[].port=15012 service.ports[].port=15017 service.ports[].port=15021 ` +
				`service.ports[].protocol=TCP service.ports[].protocol=TCP service.ports[].protocol=TCP ` +
				`service.ports[].targetPort=15012 service.ports[].targetPort=15017 service.ports[].targetPort=15021`,
		},
		"a gateway on OpenShift": {
			spec:    `{istio: {version: 1.22.0}, clusters: [{name: a, network: n1, platform: openshift, gateway: {api: istio}}, {name: b, network: n2}]}`,
			cluster: "a", chart: "gateway", want: `networkGateway=n1 platform=openshift`,
		},
		"a gateway on OpenShift whose chart does not know it": {
			spec:    `{istio: {version: 1.21.6}, clusters: [{name: a, network: n1, platform: openshift, gateway: {api: istio}}, {name: b, network: n2}]}`,
			cluster: "a", chart: "gateway", want: `networkGateway=n1`,
		},
		"an ingress gateway": {
			spec: `{clusters: [{name: a, network: n1, gateway: {api: istio, workload: ingressgateway}}, {name: b, network: n2}]}`, cluster: "a", chart: "gateway",
			want: `labels.networking.istio.io/gatewayPort="443" labels.topology.istio.io/network=n1 ` +
				`service.ports[].name=http2 service.ports[].name=https service.ports[].name=status-port ` +
				`service.ports[].port=15021 service.ports[].port=443 service.ports[].port=80 ` +
				`service.ports[].protocol=TCP service.ports[].protocol=TCP service.ports[].protocol=TCP ` +
				`service.ports[].targetPort=15021 service.ports[].targetPort=443 service.ports[].targetPort=80`,
		},
		"peers": {
			spec: `{discovery: peering, istio: {distribution: solo, version: "1.30.2", dataPlane: ambient, licenseSecretRef: {name: solo}}, ` +
				`clusters: [{name: a, network: n1, trustDomain: a.local, platform: openshift, gateway: {addresses: [203.0.113.1]}}, ` +
				`{name: b, network: n2, trustDomain: b.local, gateway: {addresses: [203.0.113.2]}}]}`,
			cluster: "a", chart: "istiod",
			want: `env.DISABLE_LEGACY_MULTICLUSTER="true" env.ISTIO_MULTIROOT_MESH="true" env.PEERING_ENABLE_FLAT_NETWORKS="false" env.PILOT_ENABLE_IP_AUTOALLOCATE="true" ` +
				`env.PILOT_SKIP_VALIDATE_TRUST_DOMAIN="true" global.hub=us-docker.pkg.dev/soloio-img/istio global.istioNamespace=istio-system ` +
				`global.meshID=shop global.multiCluster.clusterName=a global.network=n1 global.platform=openshift global.tag=1.30.2-solo ` +
				`license.secretRef.name=solo license.secretRef.namespace=istio-system ` +
				`meshConfig.defaultConfig.proxyMetadata.ISTIO_META_DNS_AUTO_ALLOCATE="true" meshConfig.defaultConfig.proxyMetadata.ISTIO_META_DNS_CAPTURE="true" ` +
				`meshConfig.trustDomain=a.local pilot.cni.enabled=true pilot.cni.namespace=kube-system platforms.peering.enabled=true profile=ambient ` +
				`trustedZtunnelNamespace=kube-system`,
		},
		"the node plugin of peers": {
			spec:    `{discovery: peering, istio: {distribution: solo, version: "1.28.0-solo", hub: registry.example.com/solo}, clusters: [{name: a, network: n1}]}`,
			cluster: "a", chart: "cni",
			want: `ambient.dnsCapture=true excludeNamespaces[]=istio-system excludeNamespaces[]=kube-system global.hub=registry.example.com/solo global.tag=1.28.0-solo profile=ambient`,
		},
		"the node proxy of peers": {
			spec: `{discovery: peering, istio: {distribution: solo, version: "1.28.0-solo", hub: registry.example.com/solo}, ` +
				`clusters: [{name: a, network: n1, gateway: {addresses: [203.0.113.1]}}, {name: b, network: n1, trustDomain: b.local, gateway: {addresses: [203.0.113.2]}}]}`,
			cluster: "a", chart: "ztunnel",
			want: `env.L7_ENABLED="true" env.SKIP_VALIDATE_TRUST_DOMAIN="true" hub=registry.example.com/solo istioNamespace=istio-system ` +
				`multiCluster.clusterName=a network=n1 profile=ambient tag=1.28.0-solo`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := lines(t, find(t, charts(t, test.spec, test.cluster), test.chart).Values)
			want := strings.Fields(test.want)
			if !slices.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// What depends on the version of the control plane.
func TestEnvironmentByVersion(t *testing.T) {
	const (
		alpha  = `env.PILOT_ENABLE_ALPHA_GATEWAY_API="true"`
		legacy = `env.DISABLE_LEGACY_MULTICLUSTER="true"`
	)
	networks := func(istio, more string) string {
		return `{` + more + `istio: {` + istio + `}, clusters: [{name: a, network: n1, gateway: {addresses: [203.0.113.1]}}, {name: b, network: n2, gateway: {addresses: [203.0.113.2]}}]}`
	}
	for name, test := range map[string]struct {
		spec, line string
		want       bool
	}{
		"1.24 takes TLS listeners":             {networks(`version: "1.24.6"`, ""), alpha, false},
		"1.25 refuses them":                    {networks(`version: "1.25.0"`, ""), alpha, true},
		"1.29 refuses them":                    {networks(`version: "1.29.6"`, ""), alpha, true},
		"1.30 takes them":                      {networks(`version: "1.30.0"`, ""), alpha, false},
		"a current one takes them":             {networks(``, ""), alpha, false},
		"no gateway, no listener":              {`{istio: {version: "1.29.6"}, clusters: [{name: a}, {name: b}]}`, alpha, false},
		"ambient has none":                     {networks(`version: "1.29.6", dataPlane: ambient`, ""), alpha, false},
		"a gateway of Helm has none":           {`{istio: {version: "1.29.6"}, clusters: [{name: a, network: n1, gateway: {api: istio}}, {name: b, network: n2}]}`, alpha, false},
		"1.27 of solo knows no such switch":    {networks(`distribution: solo, version: "1.27.3-solo"`, "discovery: peering, "), legacy, false},
		"1.28 of solo ignores remote secrets":  {networks(`distribution: solo, version: "1.28.0-solo"`, "discovery: peering, "), legacy, true},
		"solo with remote secrets needs them":  {networks(`distribution: solo, version: "1.30.0-solo"`, ""), legacy, false},
		"one network needs no ambient gateway": {`{istio: {dataPlane: ambient}, clusters: [{name: a, network: n1}, {name: b, network: n1}]}`, `env.AMBIENT_ENABLE_MULTI_NETWORK="true"`, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := lines(t, find(t, charts(t, test.spec, "a"), "istiod").Values)
			if slices.Contains(got, test.line) != test.want {
				t.Errorf("%s: want %t, in\n%s", test.line, test.want, strings.Join(got, "\n"))
			}
		})
	}
}
