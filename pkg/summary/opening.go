package summary

import (
	"net/netip"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/firewall"
)

// openings are what firewalls of any make have to allow.
func (b *builder) openings() []Opening {
	var all []Opening
	for _, flow := range firewall.Flows(b.Mesh, b.Graph) {
		opening := Opening{ID: "opening/" + string(flow.Kind) + "/" + flow.From + "/" + flow.To, Kind: OpeningKind(flow.Kind),
			From: flow.From, To: flow.To, NodePorts: flow.NodePorts, Sources: texts(flow.Sources), Destinations: flow.Destinations}
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
