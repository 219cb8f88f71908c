package firewall

import (
	"fmt"
	"net/netip"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/topology"
)

// access decides for each consumer of a cluster, by the conditions of Google's guide
// (https://cloud.google.com/service-mesh/docs/operate-and-maintain/multi-cluster): same subnet, same region, authorized
// networks enabled.
func (p *planner) access(cluster *v1alpha1.Cluster) Access {
	a := Access{Cluster: cluster.Name, Keep: distinct(parse(cluster.GKE.AuthorizedNetworks))}
	var networks []netip.Prefix
	silent := func(string, ...any) {}
	for reader := range p.graph.Consumers(cluster.Name) {
		decision := p.decide(cluster, reader, silent)
		networks = append(networks, decision.Networks...)
		a.GlobalAccess = a.GlobalAccess || decision.GlobalAccess
	}
	a.Networks = tidy(networks)
	if a.Needed() {
		a.Consumers = p.consumers(cluster)
	}
	return a
}

// consumers explains the decisions only if something must be allowed: a thousand fully linked clusters would have a
// million reasons.
func (p *planner) consumers(cluster *v1alpha1.Cluster) []Consumer {
	var all []Consumer
	for reader := range p.graph.Consumers(cluster.Name) {
		var reasons []string
		decision := p.decide(cluster, reader, func(format string, args ...any) {
			reasons = append(reasons, fmt.Sprintf(format, args...))
		})
		decision.Reasons = reasons
		all = append(all, decision)
	}
	return all
}

func (p *planner) decide(cluster, reader *v1alpha1.Cluster, say func(string, ...any)) Consumer {
	d := Consumer{Cluster: reader.Name}
	endpoint := topology.AddressFor(reader, cluster).Endpoint
	switch {
	case *reader.Istio.Managed:
		say("its control plane is managed by Google, which can reach %s", cluster.Name)
		return d
	case endpoint == v1alpha1.EndpointDNS:
		say("reads %s at its DNS endpoint, to which authorized networks do not apply", cluster.Name)
		return d
	}
	private := endpoint == v1alpha1.EndpointPrivate || endpoint == "" && cluster.GKE.Private
	enabled, onPrivate := cluster.GKE.AuthorizedNetworksEnabled, cluster.GKE.AuthorizedNetworksOnPrivateEndpoint
	switch {
	case enabled == nil && !private || enabled != nil && !*enabled:
		say("authorized networks of %s are disabled", cluster.Name)
	case private && onPrivate != nil && !*onPrivate:
		say("authorized networks of %s do not apply to its private endpoint", cluster.Name)
	case private && sameSubnet(cluster, reader):
		say("is in the subnet of %s, which its private endpoint allows", cluster.Name)
	default:
		d.Networks = p.seen(cluster, reader, private, say)
	}
	if !private {
		return d
	}
	switch own, theirs := region(cluster), region(reader); {
	case own == theirs:
		say("is in the region of %s: global access is not required", cluster.Name)
	default:
		d.GlobalAccess = true
		say("is in region %s, but %s is in %s: its private endpoint requires global access", orUnknown(theirs),
			cluster.Name, own)
	}
	return d
}

// seen returns the source addresses of a control plane as the API server sees them.
func (p *planner) seen(cluster, reader *v1alpha1.Cluster, private bool, say func(string, ...any)) []netip.Prefix {
	texts, gap, why := reader.EgressCIDRs, GapEgress,
		"reads %s at its public endpoint, which must authorize its NAT addresses"
	if private {
		texts, gap, why = reader.PodCIDRs, GapPodCIDRs, "is not in the subnet of %s: its pods must be authorized"
	}
	v4, _ := families(tidy(parse(texts))) // the endpoints have IPv4 addresses
	if len(v4) == 0 {
		p.missing(gap, reader.Name, cluster.Name)
		say("must be an authorized network of %s, but its %s is not set", cluster.Name, gap)
		return nil
	}
	say(why, cluster.Name)
	if cluster.GKE.AuthorizedNetworksEnabled == nil {
		say("unknown whether authorized networks of %s are enabled: it is authorized in case they are", cluster.Name)
	}
	return v4
}

// sameSubnet: a subnet's name is unique per region of a network. Unspecified subnets are not the same.
func sameSubnet(a, b *v1alpha1.Cluster) bool {
	if b.GKE == nil || networkOf(a) != networkOf(b) || region(a) != region(b) {
		return false
	}
	return a.GKE.Subnet != "" && a.GKE.Subnet == b.GKE.Subnet
}

// region of a cluster: that of its location, which can be a zone, or of its locality.
func region(cluster *v1alpha1.Cluster) string {
	if cluster.GKE != nil {
		return regionOf(cluster.GKE.Location)
	}
	if cluster.Locality != nil {
		return cluster.Locality.Region
	}
	return ""
}

// regionOf returns the region of a location: a zone has a suffix, such as us-west1-b.
func regionOf(location string) string {
	if end := len(location) - 2; end > 0 && location[end] == '-' {
		return location[:end]
	}
	return location
}

func orUnknown(region string) string {
	if region == "" {
		return "unknown"
	}
	return region
}
