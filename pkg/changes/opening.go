package changes

import (
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

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
			case len(missing(before, after)) > 0 || len(after) == 0: // unknown sources may be any
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
