package istio

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
)

// topology is a mesh, what its proxies are to get, and what happens to it while it runs.
type topology struct {
	name      string
	rare      bool              // whether it runs before a release only: what it has that others do not have changes seldom
	ambient   bool              // whether a ztunnel asks, rather than a sidecar
	spec      string            // lines below spec in mesh.yaml
	hosts     map[string]string // the names that its istiods resolve; nil: none
	mounts    bool              // whether its istiods need mounts of their own, as in a pod
	serviceIP string            // of the sample's Service in all clusters; empty: any
	values    string            // a patch in YAML of the values of chart istiod, for what runs here and not in a cluster
	members   []member
	joined    []member // the members when one more has joined; nil: none does
	changes   []change
}

// change is what happens to a mesh that runs. The changes of a topology build on each other.
type change struct {
	name   string
	test   func(*mesh, *testing.T)
	faulty bool // whether it is of interest on the lines with known faults only
}

// clusters are the names of all that a topology needs.
func (top topology) clusters() []string {
	all := top.members
	if top.joined != nil {
		all = top.joined
	}
	var names []string
	for _, member := range all {
		names = append(names, member.name)
	}
	return names
}

// member is a cluster of a mesh.
type member struct {
	name         string
	id           string // its ID in Istio; empty: the name
	controlPlane string // the member whose istiod serves it; empty: its own
	namespace    string // of Istio; empty: istio-system
	revision     string
	network      string // empty: the mesh has one flat network
	locality     string // of its nodes, REGION/ZONE/
	auth         string // with what others read it; empty: with a token
	reader       string // further fields of its reader, as ", NAME: VALUE"
	account      string // the account that those who read it share; empty: one each
	fields       string // further fields in mesh.yaml, as ", NAME: VALUE"
	pod          string // the address of its pod of the sample
	gateway      gateway
	reads        []string // the other members that its istiod knows; nil: all others
	sees         []string // what its proxy gets of the sample's service
}

// gateway is the east-west gateway of a cluster, once there are nodes and a cloud.
type gateway struct {
	address   string // that its cloud gives it, which may be a host name, or of its node; empty: there is none
	pod       string // of the pod behind it
	namespace string // empty: that of Istio
	service   string // as INSTALL.md calls the release of Helm; empty: istiod makes it
	nodePort  int32  // where it has one: no cloud gives it an address
}

func (m member) clusterID() string { return cmp.Or(m.id, m.name) }

func (m member) istioNamespace() string { return cmp.Or(m.namespace, istioNamespace) }

// topologies are all with which the program is tested: a further one is a further entry. The addresses are from the
// ranges for documentation, so nothing is called by accident. Those that take long come first.
func topologies() []topology {
	return []topology{
		flat(), adopted(), ambientNetworks(), networks(),
		gatewaysOfAllKinds(), declaredAddresses(), declaredPeers(), declaredAmbientAddresses(),
		remoteOnOneNetwork(), remoteOnOnePort(), remotesOverNetworks(), oneWayWithRevisions(), hub(),
	}
}

// flat is one network: every proxy gets the pods of all clusters.
func flat() topology {
	both := []string{"192.0.2.10:5000", "198.51.100.10:5000"}
	three := []string{"192.0.2.10:5000", "192.0.2.20:5000", "198.51.100.10:5000"}
	of := func(sees []string) []member {
		return []member{
			{name: "east", pod: "192.0.2.10", sees: sees},
			{name: "west", pod: "198.51.100.10", auth: "clientCertificate", sees: sees},
		}
	}
	return topology{
		name: "multi-primary, flat", members: of(both),
		joined: append(of(three), member{name: "north", pod: "192.0.2.20", sees: three}),
		changes: []change{
			{name: "a rotation sees the known fault", test: (*mesh).testKnownFault, faulty: true},
			{name: "a rotation is refused", test: (*mesh).testRefusal, faulty: true},
			{name: "a token and a certificate are rotated", test: (*mesh).testRotation},
			{name: "a cluster joins", test: (*mesh).testJoin},
			{name: "a cluster leaves", test: (*mesh).testLeave},
			{name: "a foreign root is not applied", test: (*mesh).testForeignRoot},
			{name: "a watch outlives the revocation of its token", test: (*mesh).testRevocation},
		},
	}
}

// adopted is a mesh whose remote secrets istioctl has made, with the account of Istio's charts.
func adopted() topology {
	both := []string{"192.0.2.10:5000", "198.51.100.10:5000"}
	return topology{
		name: "multi-primary, flat, remote secrets of istioctl",
		members: []member{
			{name: "east", pod: "192.0.2.10", account: istioctlAccount, sees: both},
			{name: "west", pod: "198.51.100.10", sees: both},
		},
		changes: []change{
			{name: "adoption with the same content", test: (*mesh).testSameContent},
			{name: "adoption with other content", test: (*mesh).testOtherContent},
			{name: "the authority of an API server changes", test: (*mesh).testAuthorityChange},
		},
	}
}

// networks: a proxy gets the pods of its own cluster, and of the others the gateways.
func networks() topology {
	all := []member{
		{name: "east", network: "net-east", locality: "us-east1/us-east1-b/", pod: "192.0.2.10",
			gateway: gateway{address: "203.0.113.1", pod: "192.0.2.15"},
			sees:    []string{"192.0.2.10:5000", "203.0.113.2:15443", "203.0.113.3:15443"}},
		{name: "west", network: "net-west", locality: "us-west1/us-west1-c/", pod: "198.51.100.10",
			gateway: gateway{address: "203.0.113.2", pod: "198.51.100.15"},
			sees:    []string{"198.51.100.10:5000", "203.0.113.1:15443", "203.0.113.3:15443"}},
		{name: "north", network: "net-north", pod: "192.0.2.20",
			gateway: gateway{address: "203.0.113.3", pod: "192.0.2.25"},
			sees:    []string{"192.0.2.20:5000", "203.0.113.1:15443", "203.0.113.2:15443"}},
	}
	pair := slices.Clone(all[:2])
	pair[0].sees, pair[1].sees = all[0].sees[:2], all[1].sees[:2]
	return topology{
		name: "multi-primary, two networks", members: pair, joined: all,
		changes: []change{
			{name: "a cluster joins", test: (*mesh).testJoin},
			{name: "a cluster leaves", test: (*mesh).testLeave},
			{name: "a rotation of the root is given up", test: (*mesh).testAbort},
			{name: "the root is rotated", test: (*mesh).testRootRotation},
		},
	}
}

// ambientNetworks: the same for a ztunnel, which learns of the other clusters as workloads behind their gateways.
func ambientNetworks() topology {
	all := []member{
		{name: "east", network: "net-east", pod: "192.0.2.10",
			gateway: gateway{address: "203.0.113.1", pod: "192.0.2.15"},
			sees:    []string{"net-east/192.0.2.10", "net-north by 203.0.113.3:15008", "net-west by 203.0.113.2:15008"}},
		{name: "west", network: "net-west", pod: "198.51.100.10",
			gateway: gateway{address: "203.0.113.2", pod: "198.51.100.15"},
			sees:    []string{"net-east by 203.0.113.1:15008", "net-north by 203.0.113.3:15008", "net-west/198.51.100.10"}},
		{name: "north", network: "net-north", pod: "192.0.2.20",
			gateway: gateway{address: "203.0.113.3", pod: "192.0.2.25"},
			sees:    []string{"net-east by 203.0.113.1:15008", "net-north/192.0.2.20", "net-west by 203.0.113.2:15008"}},
	}
	pair := slices.Clone(all[:2])
	pair[0].sees = []string{"net-east/192.0.2.10", "net-west by 203.0.113.2:15008"}
	pair[1].sees = []string{"net-east by 203.0.113.1:15008", "net-west/198.51.100.10"}
	return topology{
		name: "ambient, two networks", ambient: true, members: pair, joined: all,
		changes: []change{
			{name: "a cluster joins", test: (*mesh).testJoin},
			{name: "a cluster leaves", test: (*mesh).testLeave},
			{name: "the root is rotated", test: (*mesh).testRootRotation},
			{name: "tokens are rotated", test: (*mesh).testAmbientRotation},
		},
	}
}

// gatewaysOfAllKinds: each cluster is found in another way: by the address of a load balancer, at a node port, behind a
// gateway that Helm installs, and where peer Gateways say.
func gatewaysOfAllKinds() topology {
	balanced, node, helm, peer := "203.0.113.1:15443", "203.0.113.2:31443", "203.0.113.3:15443", "203.0.113.4:15443"
	return topology{name: "multi-primary, gateways of all kinds", rare: true, members: []member{
		{name: "balanced", id: "prod.balanced_1", network: "net.one", pod: "192.0.2.10",
			gateway: gateway{address: "203.0.113.1", pod: "192.0.2.15"},
			sees:    []string{"192.0.2.10:5000", node, helm, peer}},
		{name: "node", network: "net_two", pod: "192.0.2.20", fields: ", gateway: {service: NodePort}",
			gateway: gateway{address: "203.0.113.2", pod: "192.0.2.25", nodePort: 31443},
			sees:    []string{"192.0.2.20:5000", balanced, helm, peer}},
		{name: "1e3", network: "1.10", pod: "192.0.2.30", fields: ", gateway: {api: istio}",
			gateway: gateway{address: "203.0.113.3", pod: "192.0.2.35", service: "istio-eastwestgateway"},
			sees:    []string{"192.0.2.30:5000", balanced, node, peer}},
		{name: "peer", network: "net-four", pod: "192.0.2.40",
			fields:  ", gateway: {peerGateway: true, addresses: [203.0.113.4], addressesOnly: true}",
			gateway: gateway{address: "203.0.113.4", pod: "192.0.2.45"},
			sees:    []string{"192.0.2.40:5000", balanced, node, helm}},
	}}
}

// declaredAddresses: gateways behind NAT. Their Services have addresses that callers do not reach, so what the values of
// istiod declare takes the place of what it would discover.
func declaredAddresses() topology {
	return topology{name: "multi-primary, declared addresses alone", rare: true, members: []member{
		{name: "east", network: "net-east", pod: "192.0.2.10",
			fields:  ", istio: {meshNetworks: true}, gateway: {addresses: [203.0.113.1, 203.0.113.2], addressesOnly: true}",
			gateway: gateway{address: "10.9.0.1", pod: "192.0.2.15"},
			sees:    []string{"192.0.2.10:5000", "203.0.113.3:15443"}},
		{name: "helm", network: "net-helm", pod: "192.0.2.20",
			fields:  ", istio: {meshNetworks: true}, gateway: {addresses: [203.0.113.3], addressesOnly: true, api: istio}",
			gateway: gateway{address: "10.9.0.2", pod: "192.0.2.25", service: "istio-eastwestgateway"},
			sees:    []string{"192.0.2.20:5000", "203.0.113.1:15443", "203.0.113.2:15443"}},
	}}
}

// declaredPeers: the same with peer Gateways.
func declaredPeers() topology {
	fields := ", gateway: {addresses: [%s], addressesOnly: true, peerGateway: true}"
	return topology{name: "multi-primary, addresses of peer Gateways alone", rare: true, members: []member{
		{name: "east", network: "net-east", pod: "192.0.2.10", fields: fmt.Sprintf(fields, "203.0.113.1"),
			gateway: gateway{address: "10.9.0.1", pod: "192.0.2.15"},
			sees:    []string{"192.0.2.10:5000", "203.0.113.2:15443"}},
		{name: "west", network: "net-west", pod: "198.51.100.10", fields: fmt.Sprintf(fields, "203.0.113.2"),
			gateway: gateway{address: "10.9.0.2", pod: "198.51.100.15"},
			sees:    []string{"198.51.100.10:5000", "203.0.113.1:15443"}},
	}}
}

// declaredAmbientAddresses: the same for ztunnels.
func declaredAmbientAddresses() topology {
	fields := ", gateway: {addresses: [%s], addressesOnly: true, peerGateway: true}"
	return topology{name: "ambient, addresses of peer Gateways alone", rare: true, ambient: true, members: []member{
		{name: "east", network: "net-east", pod: "192.0.2.10", fields: fmt.Sprintf(fields, "203.0.113.1"),
			gateway: gateway{address: "10.9.0.1", pod: "192.0.2.15"},
			sees:    []string{"net-east/192.0.2.10", "net-west by 203.0.113.2:15008"}},
		{name: "west", network: "net-west", pod: "198.51.100.10", fields: fmt.Sprintf(fields, "203.0.113.2"),
			gateway: gateway{address: "10.9.0.2", pod: "198.51.100.15"},
			sees:    []string{"net-east by 203.0.113.1:15008", "net-west/198.51.100.10"}},
	}}
}

// remoteOnOneNetwork: a remote in the network of its primary. Its webhook and its proxies find the control plane, which has
// a revision, at the gateway, which has IPv6 addresses; calls go from pod to pod.
func remoteOnOneNetwork() topology {
	both := []string{"192.0.2.10:5000", "192.0.2.20:5000"}
	return topology{name: "primary and remote, flat", rare: true, members: []member{
		{name: "hq", namespace: "mesh-hq", revision: "blue", pod: "192.0.2.10", sees: both,
			fields:  ", gateway: {addresses: [\"2001:db8:f::1\"]}",
			gateway: gateway{address: "2001:db8:f::1", pod: "192.0.2.15"}},
		{name: "branch", namespace: "mesh-hq", revision: "blue", controlPlane: "hq", pod: "192.0.2.20", sees: both},
	}}
}

// remoteOnOnePort: the guide "Shared control plane", with ingress gateways on port 443.
func remoteOnOnePort() topology {
	return topology{name: "primary and remote, two networks, port 443", rare: true, members: []member{
		{name: "cluster1", network: "network1", pod: "192.0.2.10",
			fields:  ", gateway: {addresses: [203.0.113.1], api: istio, workload: ingressgateway}",
			gateway: gateway{address: "203.0.113.1", pod: "192.0.2.15", service: "istio-ingressgateway"},
			sees:    []string{"192.0.2.10:5000", "203.0.113.2:443"}},
		{name: "cluster2", controlPlane: "cluster1", network: "network2", pod: "198.51.100.10",
			fields:  ", gateway: {addresses: [203.0.113.2], workload: ingressgateway}",
			gateway: gateway{address: "203.0.113.2", pod: "198.51.100.15", service: "istio-ingressgateway"},
			sees:    []string{"198.51.100.10:5000", "203.0.113.1:443"}},
	}}
}

// remotesOverNetworks: a primary with a remote in its network and one in another, and a second primary.
func remotesOverNetworks() topology {
	shore, south := "203.0.113.3:15443", "203.0.113.4:15443"
	return topology{name: "primaries and remotes, three networks", rare: true, changes: rotationOf("north-shore"), members: []member{
		{name: "north", network: "vpc", pod: "192.0.2.10", fields: ", gateway: {addresses: [203.0.113.1]}",
			gateway: gateway{address: "203.0.113.1", pod: "192.0.2.15"},
			sees:    []string{"192.0.2.10:5000", "192.0.2.20:5000", shore, south}},
		{name: "edge", controlPlane: "north", network: "vpc", pod: "192.0.2.20",
			gateway: gateway{address: "203.0.113.2", pod: "192.0.2.25", service: "istio-eastwestgateway"},
			sees:    []string{"192.0.2.10:5000", "192.0.2.20:5000", shore, south}},
		{name: "shore", controlPlane: "north", network: "coast", pod: "192.0.2.30",
			gateway: gateway{address: "203.0.113.3", pod: "192.0.2.35", service: "istio-eastwestgateway"},
			sees:    []string{"192.0.2.30:5000", "203.0.113.1:15443", "203.0.113.2:15443", south}},
		{name: "south", network: "dc", pod: "192.0.2.40",
			gateway: gateway{address: "203.0.113.4", pod: "192.0.2.45"},
			sees:    []string{"192.0.2.40:5000", "203.0.113.1:15443", "203.0.113.2:15443", shore}},
	}}
}

// oneWayWithRevisions: shops call the core and learn nothing of each other; nobody calls back. Control planes have
// revisions, and a namespace of their own.
func oneWayWithRevisions() topology {
	return topology{name: "one-way, revisions", rare: true, changes: rotationOf("shop-a-core"),
		spec: "  links: [{from: [shop-a, shop-b], to: [core]}]\n", members: []member{
			{name: "core", revision: "1-31-0", namespace: "mesh-control", pod: "192.0.2.10", reads: []string{}, sees: []string{"192.0.2.10:5000"}},
			{name: "shop-a", revision: "canary", namespace: "mesh-control", pod: "192.0.2.20", reads: []string{"core"},
				sees: []string{"192.0.2.10:5000", "192.0.2.20:5000"}},
			{name: "shop-b", namespace: "mesh-control", pod: "192.0.2.30", reads: []string{"core"},
				sees: []string{"192.0.2.10:5000", "192.0.2.30:5000"}},
		}}
}

// hub: one cluster calls all others and is called by them, and they learn nothing of each other. Each is read with another
// kind of credential, and API servers admit the remote secrets of the mesh alone. The cloud of the hub names its gateway.
func hub() topology {
	const gate = "203.0.113.1:15443"
	return topology{
		name: "hub, credentials of all kinds", rare: true, mounts: true,
		hosts: map[string]string{"gateway.hub.example": "203.0.113.1"},
		spec: "  admissionPolicy: true\n  links:\n  - {from: [hub], to: [signed, federated, stored]}\n" +
			"  - {from: [signed, federated, stored], to: [hub]}\n",
		members: []member{
			{name: "hub", network: "net-hub", pod: "192.0.2.10",
				gateway: gateway{address: "gateway.hub.example", pod: "192.0.2.15"},
				sees:    []string{"192.0.2.10:5000", "203.0.113.2:15443", "203.0.113.3:15443", "203.0.113.4:15443"}},
			{name: "signed", auth: "clientCertificate", network: "net-signed", pod: "192.0.2.20", reads: []string{"hub"},
				gateway: gateway{address: "203.0.113.2", pod: "192.0.2.25"}, sees: []string{"192.0.2.20:5000", gate}},
			{name: "federated", auth: "federated", network: "net-federated", pod: "192.0.2.30", reads: []string{"hub"},
				gateway: gateway{address: "203.0.113.3", pod: "192.0.2.35"}, sees: []string{"192.0.2.30:5000", gate}},
			{name: "stored", auth: "external", network: "net-stored", pod: "192.0.2.40", reads: []string{"hub"},
				gateway: gateway{address: "203.0.113.4", pod: "192.0.2.45"}, sees: []string{"192.0.2.40:5000", gate}},
		},
		changes: rotationOf("hub-signed"),
	}
}

// rotationOf rotates the credential of a link.
func rotationOf(link string) []change {
	return []change{{name: "the token of " + link + " is rotated", test: func(m *mesh, t *testing.T) { m.rotate(t, link) }}}
}
