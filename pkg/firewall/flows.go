package firewall

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// Flow is a connection that must be allowed, on any platform.
type Flow struct {
	Kind     Kind
	From, To string
	// Sources, sorted; empty if mesh.yaml has no addresses of the caller.
	Sources []netip.Prefix
	// Destinations are ranges, addresses or host names; empty if mesh.yaml has none.
	Destinations []string
	Allow        []Allow
	// NodePorts is set if the ports of Allow are a Service's, and Kubernetes chooses the node ports that forward to them.
	NodePorts bool
}

// Flows returns all connections of a valid mesh with its defaults set, sorted by called cluster, kind, and caller.
func Flows(mesh *v1alpha1.Mesh, graph *topology.Graph) []Flow {
	p := &planner{mesh: mesh, graph: graph, gaps: map[gapKey]map[string]bool{}}
	var flows []Flow
	for target := range graph.Clusters() {
		for _, find := range []func(*v1alpha1.Cluster) (opening, string){p.gateway, p.istiod, p.pods, p.webhook} {
			if o, _ := find(target); o.target != nil {
				flows = append(flows, o.flows()...)
			}
		}
		for reader := range graph.Consumers(target.Name) {
			flows = append(flows, apiFlow(target, reader))
		}
	}
	return flows
}

func (o opening) flows() []Flow {
	var destinations []string
	if o.kind == KindGateways || o.kind == KindIstiod {
		destinations = slices.Sorted(slices.Values(o.target.EastWest().Addresses))
	} else {
		for _, prefix := range tidy(parse(o.target.PodCIDRs)) {
			destinations = append(destinations, prefix.String())
		}
	}
	var flows []Flow
	for _, caller := range o.callers {
		flows = append(flows, Flow{Kind: o.kind, From: caller.Name, To: o.target.Name, Sources: tidy(o.addresses(caller)),
			Destinations: destinations, Allow: o.allow, NodePorts: o.nodePorts})
	}
	return flows
}

// apiFlow uses the address that was selected for the reader. A private one sees pod addresses.
func apiFlow(target, reader *v1alpha1.Cluster) Flow {
	flow := Flow{Kind: KindAPI, From: reader.Name, To: target.Name, Allow: tcp(single(443))}
	server, err := url.Parse(topology.AddressFor(reader, target).API.Server)
	if err != nil || server.Hostname() == "" {
		return flow
	}
	flow.Destinations = []string{server.Hostname()}
	if port, err := strconv.ParseUint(server.Port(), 10, 16); err == nil && port > 0 {
		flow.Allow = tcp(single(uint16(port)))
	}
	flow.Sources = tidy(parse(reader.EgressCIDRs))
	address, err := netip.ParseAddr(server.Hostname())
	if err != nil {
		return flow
	}
	if address.Unmap().IsPrivate() {
		flow.Sources = tidy(parse(reader.PodCIDRs))
	}
	ofOtherFamily := func(p netip.Prefix) bool { return p.Addr().Is4() != address.Unmap().Is4() }
	flow.Sources = slices.DeleteFunc(flow.Sources, ofOtherFamily)
	return flow
}
