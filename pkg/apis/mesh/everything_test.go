package mesh_test

import (
	"strings"
	"testing"
)

// everything says whatever can be said of a mesh in which east has its facts in another file.
const everything = `apiVersion: kubectl-mesh.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  istio:
    distribution: istio
    version: "1.30.2"
    namespace: istio-system
    revision: 1-30-2
    dataPlane: ambient
    managed: false
    hub: registry.example.com:5000/istio
    licenseSecretRef: {name: solo-license, namespace: licenses}
    meshNetworks: true
    multiclusterMode: manual
  discovery: remoteSecret
  links:
  - between: [east, west]
  - {from: [north], to: [east, "*"]}
  trust:
    domain: shop.example
    domainAliases: [old.example]
    ca: {provider: certManager, roots: [9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08]}
  reader:
    auth: external
    serviceAccount: istio-reader-service-account
    external: {secretStoreRef: {kind: SecretStore, name: mesh}}
  fleet: {project: acme-fleet, projectNumber: "123456789012"}
  firewall: {ports: mesh, applicationPorts: ["8080", 9000-9100], priority: 900, outputs: [csv, terraform]}
  sample: {image: "registry.example.com/hello:1", clientImage: registry.example.com/curl}
  clusters:
  - name: east
    context: gke_acme-prod_us-east1_east
    uid: 0a1b2c3d-0000-0000-0000-000000000000
    clusterID: cn-acme-prod-us-east1-b-e
    reader: {serviceAccount: east-reader, external: {secretStoreRef: {name: east}}}
    gateway:
      service: NodePort
      namespace: ingress
      annotations: {networking.gke.io/load-balancer-type: Internal, empty: "", "yes": "on", number: "0x1f"}
      peerGateway: true
      api: istio
      workload: ingressgateway
      xdsPort: 30016
    gke: {project: acme-prod, location: us-east1-b, cluster: e, endpoint: dns}
  - name: west
    controlPlane: east
    podCIDRs: []
    locality: {}
    istio: {distribution: csm, managed: true}
    reader: {auth: token}
    gateway: {}
    gke: {project: "example.com:acme-prod", location: us-east1}
  - name: north
    trustDomain: north.example
    platform: openshift
    api: {server: "https://[2001:db8::1]:6443/k8s", proxyURL: "socks5://proxy.example.com:1080"}
    reader: {auth: federated}
  waivers:
  - {rule: MESH006, clusters: [east], reason: "lab: \"one\" host\n\nwith a long text that is broken into more lines than one when it is written "}
  - {rule: MESH007, reason: ' #&*?|-<>=!%@` + "`" + `'}
`

// everythingOfEast are facts.
const everythingOfEast = `apiVersion: kubectl-mesh.dev/v1alpha1
kind: ClusterFacts
metadata: {name: east}
spec:
  network: vpc-a
  podCIDRs: [10.8.0.0/14, "2001:db8::/32"]
  egressCIDRs: [198.51.100.16/28]
  locality: {region: us-east1, zone: us-east1-b, subzone: rack-1}
  trustDomain: east.example
  platform: gke
  istio: {version: 1.29.0, revision: canary}
  api:
    server: https://0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com
    tlsServerName: kubernetes.default
    serviceAccountIssuer: https://container.googleapis.com/v1/projects/acme-prod/locations/us-east1/clusters/east
  gateway:
    addresses: [198.51.100.7, eastwest.example.com]
`

// everythingOfGKE are more facts, of a cluster that mesh.yaml names.
const everythingOfGKE = everythingOfEast + `  gke:
    project: acme-prod
    location: us-east1-b
    cluster: e
    networkProject: acme-network
    vpc: mesh
    subnet: mesh-1
    nodeTags: [gke-east-1a2b3c4d-node]
    private: true
    autopilot: true
    endpoints: {public: 203.0.113.10, private: 172.16.0.2, dns: gke-0a1b2c3d.us-east1.gke.goog}
    globalAccess: true
    tokensViaDNS: true
    masterCIDR: 172.16.0.0/28
    authorizedNetworks: [203.0.113.0/24]
    authorizedNetworksEnabled: true
    authorizedNetworksOnPrivateEndpoint: false
    googleCloudAccess: true
    workloadPool: acme-prod.svc.id.goog
    membership: {project: acme-fleet, projectNumber: "123456789012", name: e, location: us-east1}
`

// TestRoundTrip writes a mesh with its defaults and its facts, and reads it again.
func TestRoundTrip(t *testing.T) {
	for name, text := range map[string]string{"everything": everything, "little": small, "no links": small + "  links: []\n"} {
		t.Run(name, func(t *testing.T) {
			found := everythingOfEast
			if strings.Contains(text, "gke: {project: acme-prod") {
				found = everythingOfGKE
			}
			doc, problems := read(text, map[string]string{
				"clusters/east.yaml": strings.Replace(found, "  api:\n", "  api:\n    certificateAuthority: east.crt\n", 1), "east.crt": certificate(t, "east"),
			})
			checkProblems(t, problems)
			checkRoundTrip(t, doc.Mesh)
		})
	}
}
