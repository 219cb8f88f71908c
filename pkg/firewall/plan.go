package firewall

import (
	"net/netip"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Plan is what a mesh needs of the firewalls around it. It is sorted, and the order of mesh.yaml
// does not show in it.
type Plan struct {
	// Networks are the VPC networks of the clusters on GKE, by project and name.
	Networks []Network
	// Accesses say who must reach the API servers of clusters on GKE, by cluster. Every cluster
	// with gke has one.
	Accesses []Access
	// Gaps are the facts without which something could not be said.
	Gaps []Gap
}

// Network is a VPC network with the rules that the mesh needs there.
type Network struct {
	// Project owns the network: of a Shared VPC the host project.
	Project string
	// Name of the VPC network in its project.
	Name string
	// Clusters of the mesh in this network, sorted.
	Clusters []string
	// Rules are sorted by name, and no name occurs twice.
	Rules []Rule
	// Notes say why there is no rule where one might be expected.
	Notes []string
}

// Rule is a rule of a VPC network that lets something in (direction INGRESS, action allow).
type Rule struct {
	// Name is that of the resource: a valid one of at most 63 characters.
	Name string
	Kind Kind
	// Cluster whose control plane calls, of kind KindWebhook.
	Cluster string
	// Description says whose rule it is: see Mark.
	Description string
	Priority    int
	// Allow is sorted by protocol, and never empty.
	Allow []Allow
	// Sources are ranges of one family, without host bits, sorted, and never empty.
	Sources []netip.Prefix
	// Targets are the network tags of nodes, sorted, and never empty.
	Targets []string
	// Reasons are lines for a reviewer.
	Reasons []string
}

// Kind is what a rule lets through.
type Kind string

// The kinds of rules.
const (
	// KindPods: the pods of one Istio network call each other directly.
	KindPods Kind = "pods"
	// KindGateways: calls from other Istio networks enter at the east-west gateway.
	KindGateways Kind = "gateways"
	// KindIstiod: other control planes, or clusters that have none, connect to istiod through the
	// east-west gateway.
	KindIstiod Kind = "istiod"
	// KindWebhook: the control plane of a private cluster calls the webhook of istiod in it.
	KindWebhook Kind = "webhook"
	// KindAPI: a control plane reads the API server of another cluster. It is a kind of flows only:
	// no rule of a VPC network is about it.
	KindAPI Kind = "api"
)

// Allow is a protocol with its ports; without ports, all of it.
type Allow struct {
	// Protocol is a name that Google knows (tcp, udp, icmp, esp, ah, sctp) or a number.
	Protocol string
	// Ports are sorted, and do not overlap.
	Ports []Ports
}

// Ports is a port, or a range of them.
type Ports struct{ First, Last uint16 }

// Mark is the description of a rule. A script changes and removes no rule that has another one:
// names can meet by chance. Its parts are labels, which have no spaces.
func Mark(mesh string, kind Kind, cluster string) string {
	if kind == KindWebhook {
		return "kubectl-mesh " + mesh + " webhook " + cluster
	}
	return "kubectl-mesh " + mesh + " firewall"
}

// Gap is a fact that is missing, and what cannot be said for it.
type Gap struct {
	Kind GapKind
	// Cluster whose fact is missing.
	Cluster string
	// For are the other clusters that it is about, sorted.
	For []string
}

// GapKind is what is missing.
type GapKind string

// The gaps.
const (
	// GapNodeTags: no rule can aim at the nodes of the cluster.
	GapNodeTags GapKind = "nodeTags"
	// GapPodCIDRs: no rule can name the pods of the cluster, which call others.
	GapPodCIDRs GapKind = "podCIDRs"
	// GapMasterCIDR: no rule can name the control plane of a private cluster.
	GapMasterCIDR GapKind = "masterCIDR"
	// GapEgress: an API server that lets in authorized networks only is read at its public
	// address, and where the calls of the cluster come from is not known.
	GapEgress GapKind = "egressCIDRs"
	// GapApplicationPorts: pods with sidecars are called at the ports of their applications, which
	// are not said: every TCP port is open to them.
	GapApplicationPorts GapKind = "applicationPorts"
)

// New makes the plan of a mesh that is valid and has its defaults.
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
