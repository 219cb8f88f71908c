package summary

import (
	"github.com/kubectl-mesh/kubectl-mesh/pkg/access"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Link is a pair of clusters with calls between them.
type Link struct {
	// ID of the item: link/A/B, sorted.
	// +required
	ID string `json:"id"`
	// At is the location of the first entry in links that allows these calls.
	At Place `json:"at,omitzero"`
	// From is the caller. In a link with both directions, it is the first of the two by name.
	// +required
	From string `json:"from"`
	// To is the cluster that is called.
	// +required
	To string `json:"to"`
	// Both indicates that to also calls from.
	Both bool `json:"both,omitempty"`
	// Gateway indicates that calls go through an east-west gateway.
	Gateway bool `json:"gateway,omitempty"`
	// Federated are the clusters of the link that are read without a stored credential.
	Federated []string `json:"federated,omitempty"`
}

// links returns the links of the graph, with both directions in one.
func (b *builder) links() []Link {
	var all []Link
	for link := range b.Graph.Links() {
		both := b.Graph.Linked(link.To, link.From)
		if both && link.From > link.To {
			continue
		}
		all = append(all, b.link(link, both))
	}
	return present(all)
}

func (b *builder) link(link topology.Link, both bool) Link {
	first, second := min(link.From, link.To), max(link.From, link.To)
	found := Link{
		ID:      "link/" + first + "/" + second,
		At:      b.linked(link.From, link.To),
		From:    link.From,
		To:      link.To,
		Both:    both,
		Gateway: b.Graph.CrossNetwork(link.From, link.To),
	}
	for _, pair := range [][2]string{{link.From, link.To}, {link.To, link.From}} {
		caller, callerKnown := b.Graph.Cluster(pair[0])
		target, targetKnown := b.Graph.Cluster(pair[1])
		if !callerKnown || !targetKnown {
			continue
		}
		reads, _ := b.Graph.Reads(caller.ControlPlane, target.Name)
		if reads && access.KindOf(target).Traits().Issued && (both || target.Name == link.To) {
			found.Federated = append(found.Federated, target.Name)
		}
	}
	return found
}
