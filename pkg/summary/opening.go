package summary

import (
	"net/netip"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
)

// Opening is traffic that firewalls between two clusters must allow.
type Opening struct {
	// ID of the item: opening/KIND/FROM/TO.
	// +required
	ID string `json:"id"`
	// Kind of traffic.
	// +required
	Kind OpeningKind `json:"kind"`
	// From is the cluster that connects.
	// +required
	From string `json:"from"`
	// To is the cluster that receives the connection.
	// +required
	To string `json:"to"`
	// Ports with their protocol, such as tcp:443; a protocol without a port means all of its ports.
	// +required
	Ports []string `json:"ports"`
	// NodePorts indicates that Kubernetes chooses node ports that forward to these ports.
	NodePorts bool `json:"nodePorts,omitempty"`
	// Sources are the address ranges of the connection; omitted if unknown.
	Sources []string `json:"sources,omitempty"`
	// Destinations are address ranges, addresses or host names; omitted if unknown.
	Destinations []string `json:"destinations,omitempty"`
}

// OpeningKind is a kind of traffic through an opening.
type OpeningKind string

// Kinds of openings.
const (
	// OpensAPI: istiod reads an API server.
	OpensAPI OpeningKind = "api"
	// OpensGateways: calls enter at an east-west gateway.
	OpensGateways OpeningKind = "gateways"
	// OpensIstiod: control planes, or clusters without one, connect to istiod.
	OpensIstiod OpeningKind = "istiod"
	// OpensPods: pods call pods.
	OpensPods OpeningKind = "pods"
	// OpensWebhook: an API server calls the injection webhook.
	OpensWebhook OpeningKind = "webhook"
)

// Admission is the policy with which API servers admit only the remote secrets of this mesh.
type Admission struct {
	// ID of the item: admission.
	// +required
	ID string `json:"id"`
	// At is the location of the setting.
	At Place `json:"at,omitzero"`
	// Clusters with the policy.
	// +required
	Clusters []string `json:"clusters"`
}

// openings returns what any firewall must allow.
func (b *builder) openings() []Opening {
	var all []Opening
	for _, flow := range firewall.Flows(b.Mesh, b.Graph) {
		opening := Opening{
			ID:           "opening/" + string(flow.Kind) + "/" + flow.From + "/" + flow.To,
			Kind:         OpeningKind(flow.Kind),
			From:         flow.From,
			To:           flow.To,
			NodePorts:    flow.NodePorts,
			Sources:      texts(flow.Sources),
			Destinations: flow.Destinations,
		}
		for _, allow := range flow.Allow {
			opening.Ports = append(opening.Ports, strings.Split(allow.String(), ",")...)
		}
		all = append(all, opening)
	}
	return present(all)
}

func texts(prefixes []netip.Prefix) []string {
	var all []string
	for _, prefix := range prefixes {
		all = append(all, prefix.String())
	}
	return all
}
