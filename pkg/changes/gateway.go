package changes

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

func (c *comparison) gateways() {
	_, _, clusters := match(c.base.Summary.Clusters, c.head.Summary.Clusters, clusterName)
	for _, pair := range clusters {
		name, before, after := pair.head.Name, pair.base.Gateway, pair.head.Gateway
		if pair.base.Network != pair.head.Network {
			c.add(networkChanged, Change{
				Object:   "cluster/" + name,
				Class:    "network",
				Clusters: []string{name},
				At:       c.fieldOf(name, "network"),
				Says:     say("%s is in another network", name),
				Before:   value(pair.base.Network),
				After:    value(pair.head.Network),
			})
		}
		switch {
		case before == nil && after != nil:
			c.gateway(name, "gateway", after.At, say("%s gets an east-west gateway", name), nil, gatewayText(*after))
		case before != nil && after == nil:
			c.gateway(name, "gateway", c.fieldOf(name, "gateway"), say("%s no longer requires an east-west gateway",
				name), gatewayText(*before), nil)
		case before != nil:
			c.compareGateways(name, *before, *after)
		}
	}
	c.gatewaySettings()
	c.authorized()
}

// gatewaySettings compares what a gateway's summary does not contain, if both sides have a gateway.
func (c *comparison) gatewaySettings() {
	for _, pair := range c.clusterSpecs() {
		name := pair.head.Name
		if gatewayIn(c.base.Summary, name) == nil || gatewayIn(c.head.Summary, name) == nil {
			continue
		}
		before, after := pair.base.EastWest(), pair.head.EastWest()
		for _, one := range []struct{ class, before, after string }{
			{class: "peerGateway", before: jsonText(before.PeerGateway), after: jsonText(after.PeerGateway)},
			{class: "api", before: string(before.API), after: string(after.API)},
			{class: "workload", before: string(before.Workload), after: string(after.Workload)},
			{class: "xdsPort", before: jsonText(before.XDSPort), after: jsonText(after.XDSPort)},
			{class: "nodePort", before: jsonText(before.NodePort), after: jsonText(after.NodePort)},
		} {
			if one.before != one.after {
				c.gateway(name, one.class, c.fieldOf(name, "gateway."+one.class),
					say("the east-west gateway of %s has another "+one.class, name), value(one.before), value(one.after))
			}
		}
	}
}

func gatewayIn(s summary.Summary, cluster string) *summary.Gateway {
	i := slices.IndexFunc(s.Clusters, func(c summary.Cluster) bool { return c.Name == cluster })
	if i < 0 {
		return nil
	}
	return s.Clusters[i].Gateway
}

// authorized compares the networks that access.sh authorizes in addition to those that the mesh needs.
func (c *comparison) authorized() {
	const path = "gke.authorizedNetworks"
	networks := func(cluster *v1alpha1.Cluster) []string {
		if cluster.GKE == nil {
			return nil
		}
		return cluster.GKE.AuthorizedNetworks
	}
	for _, pair := range c.clusterSpecs() {
		name, before, after := pair.head.Name, networks(pair.base), networks(pair.head)
		switch more := missing(before, after); {
		case more != nil:
			c.add(networkAllowed, Change{
				Object:   "cluster/" + name,
				Class:    path,
				Clusters: []string{name},
				At:       c.fieldOf(name, path),
				Says:     say("access.sh authorizes more networks for %s", name),
				Before:   missing(after, before),
				After:    more,
			})
		case !slices.Equal(before, after):
			c.other(name, path, jsonText(before), jsonText(after))
		}
	}
}

func (c *comparison) gateway(cluster, class string, at summary.Place, says Phrase, before, after []string) {
	id := gatewayChanged
	if class == "addresses" || class == "discovery" {
		id = gatewayMoved
	}
	c.add(id, Change{
		Object:   "gateway/" + cluster,
		Class:    class,
		Clusters: []string{cluster},
		At:       at,
		Says:     says,
		Before:   before,
		After:    after,
	})
}

func gatewayText(g summary.Gateway) []string {
	text := []string{"exposes " + strings.Join(exposures(g), ", ")}
	if len(g.Addresses) > 0 {
		text = append(text, "at "+strings.Join(g.Addresses, ", ")+", port "+strconv.Itoa(int(g.Port)))
	}
	return text
}

func exposures(g summary.Gateway) []string {
	var all []string
	for _, one := range g.Opens {
		all = append(all, string(one))
	}
	return all
}

func (c *comparison) compareGateways(cluster string, before, after summary.Gateway) {
	for _, one := range []struct {
		class, format string
		of            func(summary.Gateway) []string
	}{
		{
			class:  "addresses",
			format: "other networks reach %s at another address",
			of:     func(g summary.Gateway) []string { return g.Addresses },
		},
		{class: "discovery", format: "other networks discover %s differently", of: waysIn},
		{class: "exposes", format: "the east-west gateway of %s exposes other services", of: exposures},
		{
			class:  "port",
			format: "the east-west gateway of %s has another port",
			of:     func(g summary.Gateway) []string { return value(strconv.Itoa(int(g.Port))) },
		},
		{
			class:  "service",
			format: "the east-west gateway of %s has another type of Service",
			of:     func(g summary.Gateway) []string { return value(g.Service) },
		},
		{
			class:  "namespace",
			format: "the east-west gateway of %s is in another namespace",
			of:     func(g summary.Gateway) []string { return value(g.Namespace) },
		},
		{class: "annotations", format: "the Service of the east-west gateway of %s has other annotations", of: annotations},
	} {
		if old, now := one.of(before), one.of(after); !slices.Equal(old, now) {
			if one.class == "annotations" {
				old, now = missing(now, old), missing(old, now)
			}
			c.gateway(cluster, one.class, after.At, say(one.format, cluster), old, now)
		}
	}
}

// waysIn describes whether callers use only the gateway's addresses.
func waysIn(g summary.Gateway) []string {
	if g.AddressesOnly {
		return value("at its declared addresses only")
	}
	return value("at discovered addresses too")
}

func annotations(g summary.Gateway) []string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(g.Annotations)) {
		all = append(all, key+"="+g.Annotations[key])
	}
	return all
}
