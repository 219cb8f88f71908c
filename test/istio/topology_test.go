package istio

// topology is a mesh and what its proxies are to get.
type topology struct {
	name     string
	ambient  bool // whether a ztunnel asks, rather than a sidecar
	gateways bool // whether there are east-west gateways
	members  []member
}

// member is a cluster of a mesh.
type member struct {
	name       string
	network    string   // empty: the mesh has one flat network
	auth       string   // with what others read it; empty: with a token
	account    string   // the account that those who read it share; empty: one each
	pod        string   // the address of its pod of the sample
	gateway    string   // the address that its cloud gives to its east-west gateway
	gatewayPod string   // the address of the pod behind it
	sees       []string // what its proxy gets of the sample's service
}

// topologies are all with which the program is tested: a further one is a further entry. The addresses are from the
// ranges for documentation, so nothing is called by accident.
func topologies() []topology {
	return []topology{flat(), twoNetworks(), ambientNetworks()}
}

// flat is one network: every proxy gets the pods of both clusters.
func flat() topology {
	both := []string{"192.0.2.10:5000", "198.51.100.10:5000"}
	return topology{name: "multi-primary, flat", members: []member{
		{name: "east", pod: "192.0.2.10", sees: both},
		{name: "west", pod: "198.51.100.10", sees: both},
	}}
}

// twoNetworks: a proxy gets the pods of its own cluster, and of the other one the gateway.
func twoNetworks() topology {
	return topology{name: "multi-primary, two networks", gateways: true, members: []member{
		{name: "east", network: "net-east", pod: "192.0.2.10", gateway: "203.0.113.1", gatewayPod: "192.0.2.15",
			sees: []string{"192.0.2.10:5000", "203.0.113.2:15443"}},
		{name: "west", network: "net-west", pod: "198.51.100.10", gateway: "203.0.113.2", gatewayPod: "198.51.100.15",
			sees: []string{"198.51.100.10:5000", "203.0.113.1:15443"}},
	}}
}

// ambientNetworks: the same for a ztunnel, which is told of the other cluster as a workload behind the gateway.
func ambientNetworks() topology {
	return topology{name: "ambient, two networks", ambient: true, gateways: true, members: []member{
		{name: "east", network: "net-east", pod: "192.0.2.10", gateway: "203.0.113.1", gatewayPod: "192.0.2.15",
			sees: []string{"net-east/192.0.2.10", "net-west by 203.0.113.2:15008"}},
		{name: "west", network: "net-west", pod: "198.51.100.10", gateway: "203.0.113.2", gatewayPod: "198.51.100.15",
			sees: []string{"net-east by 203.0.113.1:15008", "net-west/198.51.100.10"}},
	}}
}
