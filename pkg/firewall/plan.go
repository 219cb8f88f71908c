package firewall

import (
	"net/netip"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Plan is what a mesh needs of firewalls. It is sorted, so the order of mesh.yaml has no effect.
type Plan struct {
	// Networks are the VPC networks of GKE clusters, by project and name.
	Networks []Network
	// Accesses describe who must reach the API servers of GKE clusters, by cluster. Every cluster with gke has one.
	Accesses []Access
	// Gaps are missing facts.
	Gaps []Gap
}

// Network is a VPC network with the rules that the mesh needs in it.
type Network struct {
	// Project that owns the network: the host project of a Shared VPC.
	Project string
	// Name of the VPC network in its project.
	Name string
	// Clusters of the mesh in this network, sorted.
	Clusters []string
	// Rules are sorted by name, and no name occurs twice.
	Rules []Rule
	// Notes explain why there is no rule where one might be expected.
	Notes []string
}

// ID of the network among all projects, PROJECT/NETWORK: neither a project nor a network has a slash in its name.
func (n Network) ID() string { return n.Project + "/" + n.Name }

// Rule of a VPC network (direction INGRESS, action allow).
type Rule struct {
	// Name of the resource, valid and at most 63 characters long.
	Name string
	Kind Kind
	// Cluster whose control plane calls, for KindWebhook.
	Cluster string
	// Description identifies the owner of the rule: see Mark.
	Description string
	Priority    int
	// Allow is sorted by protocol and never empty.
	Allow []Allow
	// Sources are ranges of one address family, without host bits, sorted, never empty.
	Sources []netip.Prefix
	// Targets are network tags of nodes, sorted, never empty.
	Targets []string
	// Reasons, one line each, for reviewers.
	Reasons []string
}

// Kind of traffic that a rule allows.
type Kind string

// Kinds of rules.
const (
	// KindPods: the pods of one Istio network call each other directly.
	KindPods Kind = "pods"
	// KindGateways: calls from other Istio networks enter at the east-west gateway.
	KindGateways Kind = "gateways"
	// KindIstiod: other control planes, or clusters without one, connect to istiod through the east-west gateway.
	KindIstiod Kind = "istiod"
	// KindWebhook: the control plane of a private cluster calls istiod's webhook in it.
	KindWebhook Kind = "webhook"
	// KindAPI: a control plane reads another cluster's API server. Only flows have this kind; no VPC rule applies to it.
	KindAPI Kind = "api"
)

// Allow is a protocol with ports; without ports, all of them.
type Allow struct {
	// Protocol is a name known to Google (tcp, udp, icmp, esp, ah, sctp) or a number.
	Protocol string
	// Ports are sorted, and do not overlap.
	Ports []Ports
}

// Ports is a port, or a range of them.
type Ports struct{ First, Last uint16 }

// Mark returns the description of a rule. Scripts never change or remove rules with another description, because names
// can collide. Its parts are labels, which contain no spaces.
func Mark(mesh string, kind Kind, cluster string) string {
	if kind == KindWebhook {
		return "kubectl-mesh " + mesh + " webhook " + cluster
	}
	return "kubectl-mesh " + mesh + " firewall"
}

// Gap is a missing fact and what it prevents.
type Gap struct {
	Kind GapKind
	// Cluster that lacks the fact.
	Cluster string
	// For are the other clusters that it is needed for, sorted.
	For []string
}

// GapKind is the missing fact.
type GapKind string

// Gaps.
const (
	// GapNodeTags: no rule can target the cluster's nodes.
	GapNodeTags GapKind = "nodeTags"
	// GapPodCIDRs: no rule can use the cluster's pods as a source.
	GapPodCIDRs GapKind = "podCIDRs"
	// GapMasterCIDR: no rule can use a private cluster's control plane as a source.
	GapMasterCIDR GapKind = "masterCIDR"
	// GapEgress: an API server with authorized networks is read at its public address, and the source addresses of the
	// cluster are unknown.
	GapEgress GapKind = "egressCIDRs"
	// GapApplicationPorts: pods with sidecars are called at the ports of their applications, which are not specified: all
	// TCP ports are allowed.
	GapApplicationPorts GapKind = "applicationPorts"
)

// New returns the plan of a valid mesh with its defaults set.
func New(mesh *v1alpha1.Mesh, graph *topology.Graph) Plan {
	p := &planner{mesh: mesh, graph: graph, names: map[string]bool{}, gaps: map[gapKey]map[string]bool{}}
	keys, members := p.networks()
	for _, key := range keys {
		p.plan.Networks = append(p.plan.Networks, p.network(key, members[key]))
	}
	for cluster := range graph.Clusters() {
		if cluster.GKE != nil {
			p.plan.Accesses = append(p.plan.Accesses, p.access(cluster))
		}
	}
	p.plan.Gaps = p.sortedGaps()
	return p.plan
}
