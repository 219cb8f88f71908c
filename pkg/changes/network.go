package changes

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/apis/mesh/v1alpha1"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// The kinds of changes of networks.
const (
	gatewayMoved   ID = "MC030"
	gatewayChanged ID = "MC031"
	openingOpened  ID = "MC032"
	openingClosed  ID = "MC033"
	networkChanged ID = "MC034"
	linkAdded      ID = "MC035"
	linkRemoved    ID = "MC036"
	networkAllowed ID = "MC037"
)

func networkKinds() []Kind {
	return []Kind{
		{
			ID:       gatewayMoved,
			Severity: Warning,
			Title:    "Gateway address changed",
			Many:     "gateway addresses changed",
			Why: "Calls from other networks go to this address. They are encrypted for the workload behind it, so another " +
				"host cannot read them, but they fail there.",
			Review: "Verify the address with the cluster owner: kubectl -n istio-system get service",
		},
		{
			ID:       gatewayChanged,
			Severity: Warning,
			Title:    "East-west gateway changed",
			Many:     "east-west gateways changed",
			Why: "The gateway is the entry point for traffic from other networks. Its annotations can make its address " +
				"public.",
			Review: "Verify what the gateway exposes, and to whom.",
		},
		{
			ID:       networkChanged,
			Severity: Warning,
			Title:    "Network of a cluster changed",
			Many:     "networks of clusters changed",
			Why: "The network decides whether other clusters call the pods directly or through the east-west gateway. " +
				"Pods keep the old network until they restart.",
			Review: "Verify that pods of clusters in the same network reach each other.",
		},
		{
			ID:       linkAdded,
			Severity: Warning,
			Title:    "Link added",
			Many:     "links added",
			Why: "Workloads of one cluster find services of the other, and call them where authorization policies allow " +
				"it.",
			Review: "Verify that the caller is meant to reach the other cluster.",
		},
		{
			ID:       linkRemoved,
			Severity: Warning,
			Title:    "Link removed",
			Many:     "links removed",
			Why:      "Workloads of one cluster no longer find services of the other.",
			Review:   "Verify that no workload calls the other cluster.",
		},
		{
			ID:       openingOpened,
			Severity: Warning,
			Title:    "Firewall opening added",
			Many:     "firewall openings added",
			Why:      "Firewalls between the clusters must allow this traffic. Rendered firewall rules include it.",
			Review:   "Verify sources, destinations and ports.",
		},
		{
			ID:       openingClosed,
			Severity: Note,
			Title:    "Firewall opening removed",
			Many:     "firewall openings removed",
			Why: "The mesh no longer requires this traffic. The scripts in deploy/gcloud remove rendered rules; remove " +
				"other rules yourself.",
			Review: "Verify that nothing else uses it.",
		},
		{
			ID:       networkAllowed,
			Severity: Warning,
			Title:    "Authorized network added",
			Many:     "clusters with more authorized networks",
			Why: "The script access.sh of a GKE cluster sends these networks along with those that the mesh needs, so the " +
				"API server allows them.",
			Review: "Verify that they are authorized already: gcloud container clusters describe",
		},
	}
}

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

// gatewaySettings compares what of a gateway is no part of its summary, where it has one on both sides.
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

// authorized compares the networks that access.sh authorizes beside those that the mesh needs.
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
				Says:     say("access.sh of %s authorizes more networks", name),
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

// waysIn say whether callers use the addresses of a gateway alone.
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

func (c *comparison) openings() {
	id := func(o summary.Opening) string { return o.ID }
	removed, added, both := match(c.base.Summary.Openings, c.head.Summary.Openings, id)
	for _, opening := range added {
		c.opening(openingOpened, "opening", opening, nil, openingText(opening))
	}
	for _, opening := range removed {
		c.opening(openingClosed, "opening", opening, openingText(opening), nil)
	}
	for _, pair := range both {
		for _, one := range []struct {
			class string
			of    func(summary.Opening) []string
		}{
			{class: "ports", of: ports},
			{class: "sources", of: func(o summary.Opening) []string { return o.Sources }},
			{class: "destinations", of: func(o summary.Opening) []string { return o.Destinations }},
		} {
			before, after := one.of(*pair.base), one.of(*pair.head)
			switch {
			case slices.Equal(before, after):
			case len(missing(before, after)) > 0 || len(after) == 0: // what is not known may be anything
				c.opening(openingOpened, one.class, *pair.head, before, after)
			default:
				c.opening(openingClosed, one.class, *pair.head, before, after)
			}
		}
	}
}

func (c *comparison) opening(id ID, class string, o summary.Opening, before, after []string) {
	purpose := map[summary.OpeningKind]string{
		summary.OpensAPI:      "istiod reads the API server",
		summary.OpensGateways: "calls enter at the east-west gateway",
		summary.OpensIstiod:   "connections to istiod",
		summary.OpensPods:     "calls from pod to pod",
		summary.OpensWebhook:  "the API server calls the injection webhook",
	}[o.Kind]
	change := Change{Object: o.ID, Class: class, From: o.From, To: o.To, Before: before, After: after,
		Says: say("from %s to %s, "+purpose, o.From, o.To), Common: say(purpose+", %s", strings.Join(ports(o), ", "))}
	if class != "opening" {
		change.Says.Format += ": other " + class
		change.Common = say(purpose + ": other " + class)
	}
	c.add(id, change)
}

func ports(o summary.Opening) []string {
	var all []string
	for _, port := range o.Ports {
		if protocol, _, limited := strings.Cut(port, ":"); !limited {
			port = protocol + " (every port)"
		}
		if o.NodePorts {
			port += " (by a node port that Kubernetes chooses)"
		}
		all = append(all, port)
	}
	return all
}

func openingText(o summary.Opening) []string {
	text := []string{strings.Join(ports(o), ", ")}
	if len(o.Sources) > 0 {
		text = append(text, "from "+strings.Join(o.Sources, ", "))
	}
	if len(o.Destinations) > 0 {
		text = append(text, "to "+strings.Join(o.Destinations, ", "))
	}
	return text
}

// way is one direction of a link.
type way struct {
	from, to string
	at       summary.Place
}

func (w way) id() string { return "call/" + w.from + "/" + w.to }

func ways(s summary.Summary) []way {
	var all []way
	for _, link := range s.Links {
		all = append(all, way{from: link.From, to: link.To, at: link.At})
		if link.Both {
			all = append(all, way{from: link.To, to: link.From, at: link.At})
		}
	}
	return all
}

func (c *comparison) links() {
	removed, added, _ := match(ways(c.base.Summary), ways(c.head.Summary), way.id)
	for _, w := range added {
		c.add(linkAdded, Change{
			Object: w.id(),
			Class:  "link",
			From:   w.from,
			To:     w.to,
			At:     w.at,
			Says:   say("%s may call %s", w.from, w.to),
		})
	}
	for _, w := range removed {
		c.add(linkRemoved, Change{
			Object: w.id(),
			Class:  "link",
			From:   w.from,
			To:     w.to,
			At:     gone(w.at),
			Says:   say("%s may no longer call %s", w.from, w.to),
		})
	}
}
