package rules_test

import (
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/rules"
)

// labelCases are about IDs of clusters and labels.
func labelCases() map[string][]ruleCase {
	long := strings.Repeat("a", 64)
	const hint = "use at most 63 letters, digits, '-', '_' and '.', with a letter or a digit first and last, as clusterID and as global.multiCluster.clusterName"
	const peering = "{discovery: peering, istio: {distribution: solo}, clusters: [{name: east, network: e, clusterID: ID}, {name: west, network: w}]}"
	const remote = "{clusters: [{name: east, clusterID: ID}, {name: west}]}"
	const declared = "{clusters: [{name: east, network: e, clusterID: ID, gateway: {peerGateway: true, addresses: [203.0.113.1]}}, {name: west, network: w}]}"
	with := func(spec, id string) string { return strings.Replace(spec, ": ID", ": "+id, 1) }
	return map[string][]ruleCase{
		"MESH081": {
			{name: "too long", spec: with(remote, long), want: []mesh.Problem{found("spec.clusters[0].clusterID",
				"cluster ID "+long+" of east is not a valid label value", hint, "east")}},
			{name: "ends in a hyphen", spec: with(remote, "east-"), want: []mesh.Problem{found("spec.clusters[0].clusterID",
				"cluster ID east- of east is not a valid label value", hint, "east")}},
			{name: "upper case and underscore", spec: with(remote, "Prod_EU.1")},
			{name: "63 characters", spec: with(remote, long[1:])},
			{name: "labelled with it", spec: with(peering, long)},
		},
		"MESH082": {
			{name: "peering", spec: with(peering, long), want: []mesh.Problem{found("spec.clusters[0].clusterID",
				"cluster ID "+long+" of east is not a valid label value", hint, "east")}},
			{name: "a peer Gateway", spec: with(declared, "east_"), want: []mesh.Problem{found("spec.clusters[0].clusterID",
				"cluster ID east_ of east is not a valid label value", hint, "east")}},
			{name: "no gateway", spec: with(remote, long)},
			{name: "peering with a label", spec: with(peering, long[1:])},
		},
	}
}

// frontCases are about what answers at the address of an API server, and who knows its name.
func frontCases() map[string][]ruleCase {
	api := func(api string) string { return "{clusters: [{name: east, api: " + api + "}, {name: west}]}" }
	refused := func(server, name, instead string) []mesh.Problem {
		return []mesh.Problem{found("spec.clusters[0].api.server", server+" is "+name+", which does not accept ServiceAccount credentials", instead, "east")}
	}
	authority := func(in *rules.Input) { in.Mesh.Spec.Clusters[0].API.CertificateAuthorityData = []byte("a certificate") }
	const dns = "https://gke-0123456789ab-123456789012.us-east1.gke.goog"
	const rancher = "https://rancher.example.com/k8s/clusters/c-m-abc"
	nodePort := func(gateway, west string) string {
		return "{clusters: [{name: east, network: e, gateway: {" + gateway + "service: NodePort, addresses: [192.0.2.1]}}, {name: west, network: w" + west + "}]}"
	}
	without := found("spec.clusters[0].gateway.nodePort", "west calls 192.0.2.1 at port 15443, which is not a node port of east",
		"set the node port: kubectl -n istio-system get service istio-eastwestgateway-istio -o 'jsonpath={.spec.ports[?(@.port==15443)].nodePort}'", "east")
	const served = "{links: [{from: [r], to: [p]}], clusters: [{name: p}, {name: r, controlPlane: p}, {name: x, controlPlane: p}]}"
	return map[string][]ruleCase{
		"MESH087": {
			{name: "base64", spec: "{clusters: [{name: east}, {name: west}]}", change: func(in *rules.Input) {
				in.Credentials = []rules.Credential{{Target: "east", Consumer: "west", File: "credentials/east/west/token", Problem: "it is JSON", Hint: "jq"}}
			}, want: []mesh.Problem{inFile("credentials/east/west/token", found("", "it is JSON", "jq", "east", "west"))}},
			{name: "a token", spec: "{clusters: [{name: east}, {name: west}]}", change: func(in *rules.Input) {
				in.Credentials = []rules.Credential{{Target: "east", Consumer: "west"}}
			}},
		},
		"MESH088": {
			{name: "no link", spec: strings.Replace(served, "to: [p]", "to: [x]", 1), want: []mesh.Problem{found("spec.clusters[0]",
				"p serves r, x and has no link: it is rendered as a primary, not as an external control plane",
				"keep the mesh configuration in p, and waive the finding", "p")}},
			{name: "a link", spec: served},
			{name: "serves none", spec: "{links: [], clusters: [{name: p}, {name: q}]}"},
		},
		"MESH090": {
			{name: "managed", spec: "{istio: {distribution: csm}, clusters: [{name: east, istio: {managed: true}}, {name: west}]}", want: []mesh.Problem{
				found("spec.clusters[0].istio.managed", "the managed control plane of east gets remote secrets, which TRAFFIC_DIRECTOR does not read",
					"set discovery: fleet; or waive the finding if gcloud container fleet mesh describe says ISTIOD", "east")}},
			{name: "fleet", spec: "{discovery: fleet, istio: {distribution: csm}, clusters: [{name: east}, {name: west}]}"},
			{name: "in the cluster", spec: "{istio: {distribution: csm}, clusters: [{name: east}, {name: west}]}"},
		},
		"MESH089": {
			{name: "a peer Gateway", spec: nodePort("peerGateway: true, ", ""), want: []mesh.Problem{without}},
			{name: "mesh networks", spec: nodePort("", ", istio: {meshNetworks: true}"), want: []mesh.Problem{without}},
			{name: "the port", spec: nodePort("peerGateway: true, nodePort: 31443, ", "")},
			{name: "discovered", spec: nodePort("", "")},
		},
		"MESH083": {
			{name: "Rancher", spec: api(`{server: "` + rancher + `"}`), want: refused(rancher, "Rancher's proxy",
				"set the cluster's own address: the authorized cluster endpoint, which is another context in Rancher's kubeconfig, or https://NODE:6443")},
			{name: "Connect gateway of a region", spec: api(`{server: "https://us-central1-connectgateway.googleapis.com/v1/projects/1/locations/us-central1/gkeMemberships/east"}`),
				want: refused("https://us-central1-connectgateway.googleapis.com/v1/projects/1/locations/us-central1/gkeMemberships/east", "Google's Connect gateway",
					"set the cluster's own address; for GKE, omit api.server and import its endpoints: kubectl mesh import gke FILE")},
			{name: "Teleport", spec: api(`{server: "https://access.example.com", tlsServerName: kube-teleport-proxy-alpn.access.example.com}`),
				want: refused("https://access.example.com", "Teleport's proxy", "set the cluster's own address and CA, and omit tlsServerName")},
			{name: "Teleport's port for Kubernetes", spec: api(`{server: "https://access.example.com:3026"}`),
				want: refused("https://access.example.com:3026", "Teleport's proxy", "set the cluster's own address and CA, and omit tlsServerName")},
			{name: "Teleport's path", spec: api(`{server: "https://access.example.com/v1/teleport/bWFpbg/ZWFzdA"}`),
				want: refused("https://access.example.com/v1/teleport/bWFpbg/ZWFzdA", "Teleport's proxy", "set the cluster's own address and CA, and omit tlsServerName")},
			{name: "Teleport's older name", spec: api(`{server: "https://tp.example.com:443", tlsServerName: kube.tp.example.com}`),
				want: refused("https://tp.example.com:443", "Teleport's proxy", "set the cluster's own address and CA, and omit tlsServerName")},
			{name: "GitLab's agent", spec: api(`{server: "https://kas.gitlab.example.com/k8s-proxy/"}`),
				want: refused("https://kas.gitlab.example.com/k8s-proxy/", "the proxy of GitLab's agent", "set the cluster's own address")},
			{name: "Portainer", spec: api(`{server: "https://portainer.example.com:9443/api/endpoints/3/kubernetes"}`),
				want: refused("https://portainer.example.com:9443/api/endpoints/3/kubernetes", "Portainer's proxy", "set the cluster's own address")},
			{name: "Karmada", spec: api(`{server: "https://karmada.example.com:5443/apis/cluster.karmada.io/v1alpha1/clusters/east/proxy"}`),
				want: refused("https://karmada.example.com:5443/apis/cluster.karmada.io/v1alpha1/clusters/east/proxy", "Karmada's proxy", "set the cluster's own address")},
			{name: "Omni", spec: api(`{server: "https://acme.kubernetes.omni.siderolabs.io"}`),
				want: refused("https://acme.kubernetes.omni.siderolabs.io", "Omni's proxy", "set the cluster's own address")},
			{name: "a Service of another cluster", spec: api(`{server: "https://api.example.com:6443/api/v1/namespaces/vc/services/https:vc:443/proxy"}`),
				want: refused("https://api.example.com:6443/api/v1/namespaces/vc/services/https:vc:443/proxy", "a Service behind the proxy of another API server",
					"set the address of the Service's own load balancer or node port")},
			{name: "vCluster Platform", spec: api(`{server: "https://loft.example.com/kubernetes/project/shop/virtualcluster/east"}`),
				want: refused("https://loft.example.com/kubernetes/project/shop/virtualcluster/east", "the proxy of the vCluster Platform",
					"set the address of the virtual cluster's own Service or load balancer")},
			{name: "DNS endpoint of GKE", spec: api(`{server: "` + dns + `"}`), want: refused(dns, "the DNS endpoint of GKE",
				"set gke: {project: PROJECT, location: LOCATION, tokensViaDNS: true} after: gcloud container clusters update CLUSTER --enable-k8s-tokens-via-dns; or set another endpoint")},
			{name: "MESH057 knows it", spec: `{clusters: [{name: east, api: {server: "` + dns + `"}, gke: {project: acme-prod, location: us-east1}}, {name: west}]}`},
			{name: "a login from a store", spec: `{clusters: [{name: east, api: {server: "` + rancher + `"}, reader: {auth: external, external: {secretStoreRef: {name: mesh}}}}, {name: west}]}`},
			{name: "not read", spec: `{links: [{from: [east], to: [west]}], clusters: [{name: east, api: {server: "` + rancher + `"}}, {name: west}]}`},
			{name: "an API server", spec: api(`{server: "https://teleport.example.com:6443"}`)},
		},
		"MESH084": {
			{name: "a path", spec: api(`{server: "https://proxy.example.com/clusters/east"}`), want: []mesh.Problem{found("spec.clusters[0].api.server",
				"https://proxy.example.com/clusters/east has a path: it belongs to a proxy, not to east's API server",
				"set the API server's own address, or waive the finding if the proxy forwards ServiceAccount credentials", "east")}},
			{name: "known", spec: api(`{server: "` + rancher + `"}`)},
			{name: "a slash", spec: api(`{server: "https://api.example.com/"}`)},
		},
		"MESH085": {
			{name: "DNS endpoint", spec: api(`{server: "` + dns + `"}`), change: authority, want: []mesh.Problem{found("spec.clusters[0].api.certificateAuthority",
				"a public CA signs the certificate of "+dns+", but east sets another CA", "remove certificateAuthority and certificateAuthorityData", "east")}},
			{name: "none", spec: api(`{server: "` + dns + `"}`)},
			{name: "MESH058 knows it", spec: `{clusters: [{name: east, api: {server: "` + dns + `"}, gke: {project: acme-prod, location: us-east1}}, {name: west}]}`, change: authority},
		},
		"MESH086": {
			{name: "privatelink", spec: api(`{server: "https://east-1.0a.privatelink.westeurope.azmk8s.io:443"}`), want: []mesh.Problem{found("spec.clusters[0].api.server",
				"https://east-1.0a.privatelink.westeurope.azmk8s.io:443 is in a private zone of Azure, but west resolves it in another network",
				"set the cluster's public name, which az aks show prints as azurePortalFqdn or fqdn, or link the zone to the networks of its peers and waive the finding", "east")}},
			{name: "EC2", spec: api(`{server: "https://ip-10-0-0-1.ec2.internal:6443"}`), want: []mesh.Problem{found("spec.clusters[0].api.server",
				"https://ip-10-0-0-1.ec2.internal:6443 is in a private zone, but west resolves it in another network",
				"set a name or an address that the peers' pods resolve, or forward the zone in the DNS of the peers and waive the finding", "east")}},
			{name: "OpenShift", spec: api(`{server: "https://api-int.east.example.com:6443"}`), want: []mesh.Problem{found("spec.clusters[0].api.server",
				"https://api-int.east.example.com:6443 is the internal name of an OpenShift cluster, but west resolves it in another network",
				"set its external name, which begins with api instead of api-int", "east")}},
			{name: "a tailnet", spec: api(`{server: "https://east-operator.tail1a2b.ts.net"}`), want: []mesh.Problem{found("spec.clusters[0].api.server",
				"https://east-operator.tail1a2b.ts.net is a name in a tailnet, but west resolves it in another network",
				"set a name or an address that the peers' pods resolve, or run the control plane's pods in the tailnet and waive the finding", "east")}},
			{name: "no dots", spec: api(`{server: "https://master1:6443"}`), want: []mesh.Problem{found("spec.clusters[0].api.server",
				"https://master1:6443 has no domain, but west resolves it in another network", "set a name or an address that the peers' pods resolve", "east")}},
			{name: "one VPC network", spec: `{clusters: [{name: east, api: {server: "https://east.corp.internal"}, gke: {project: acme-prod, location: us-east1}}, {name: west, gke: {project: acme-prod, location: us-east1}}]}`},
			{name: "through a proxy", spec: api(`{server: "https://master1:6443", proxyURL: "http://proxy.example.com:3128"}`)},
			{name: "MESH006 knows it", spec: api(`{server: "https://kubernetes.default.svc"}`)},
			{name: "a public name", spec: api(`{server: "https://internal.example.com"}`)},
		},
	}
}
