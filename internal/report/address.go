package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Address is an address of a GKE API server, with its consumers.
type Address struct {
	Cluster   string            `json:"cluster"`
	Server    string            `json:"server"`
	Endpoint  v1alpha1.Endpoint `json:"endpoint,omitempty"`
	Consumers []string          `json:"consumers"`
	Reason    string            `json:"reason"`
	chosen    bool
}

// NewAddresses lists the addresses that were selected for GKE clusters, with reasons: there can be several per cluster,
// and mesh.yaml specifies none.
func NewAddresses(graph *topology.Graph) []Address {
	var all []Address
	for target := range graph.Clusters() {
		if target.GKE == nil {
			continue
		}
		all = append(all, addressesOf(graph, target)...)
	}
	return all
}

// addressesOf a cluster; consumers with the same address and reason are grouped.
func addressesOf(graph *topology.Graph, target *v1alpha1.Cluster) []Address {
	var found []Address
	for reader := range graph.Consumers(target.Name) {
		if len(found) > 0 && !found[0].chosen { // what is written down is the same for all
			found[0].Consumers = append(found[0].Consumers, reader.Name)
			continue
		}
		address := topology.AddressFor(reader, target)
		if address.API.Server == "" {
			continue // reported by a finding
		}
		same := func(r Address) bool { return r.Server == address.API.Server && r.Reason == address.Reason }
		if i := slices.IndexFunc(found, same); i >= 0 {
			found[i].Consumers = append(found[i].Consumers, reader.Name)
			continue
		}
		found = append(found, Address{
			Cluster: target.Name, Server: address.API.Server, Endpoint: address.Endpoint,
			Consumers: []string{reader.Name}, Reason: address.Reason, chosen: address.Chosen,
		})
	}
	return found
}

// Addresses prints the addresses that were selected, not those that the user specified.
func Addresses(w io.Writer, all []Address) error {
	for _, a := range all {
		if !a.chosen {
			continue
		}
		_, err := fmt.Fprintf(w, "%s is read at %s by %s: %s endpoint: %s\n",
			a.Cluster, a.Server, abridged(a.Consumers), a.Endpoint, a.Reason)
		if err != nil {
			return err
		}
	}
	return nil
}

// abridged lists names, abridged if there are many.
func abridged(names []string) string {
	const most = 5
	if len(names) > most {
		return fmt.Sprintf("%s and %d others", strings.Join(names[:most-1], ", "), len(names)-most+1)
	}
	return strings.Join(names, ", ")
}
