package summary

import (
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/markdown"
)

func (s Summary) openingTables(p *page) {
	p.heading(2, "Firewall openings")
	p.text("Traffic that firewalls between the clusters must allow.")
	if !p.table([]string{"To", "From", "For", "Ports", "Destinations"}, func(row func(...string)) {
		for _, line := range s.openingLines() {
			cells := markdown.Cells(line.To, s.callers(line), line.Kind.text(), line.ports())
			row(append(cells, markdown.CellCodes(line.Destinations))...)
		}
	}) {
		p.text("None.")
		return
	}
	p.text("Source addresses of each cluster:")
	p.table([]string{"Cluster", "Pods", "NAT or nodes"}, func(row func(...string)) {
		for _, c := range s.Clusters {
			row(markdown.Cell(c.Name), markdown.CellCodes(c.PodCIDRs), markdown.CellCodes(c.EgressCIDRs))
		}
	})
}

// openingLine is openings to a cluster that differ only in the caller.
type openingLine struct {
	Opening
	from []string
}

func (s Summary) openingLines() []openingLine {
	var lines []openingLine
	byKey := map[string]int{}
	for _, o := range s.Openings {
		line := openingLine{Opening: o}
		key := strings.Join([]string{o.To, string(o.Kind), line.ports(), strings.Join(o.Destinations, ",")}, "\n")
		at, known := byKey[key]
		if !known {
			at = len(lines)
			byKey[key], lines = at, append(lines, line)
		}
		lines[at].from = append(lines[at].from, o.From)
	}
	return lines
}

// callers are control planes if those connect.
func (s Summary) callers(line openingLine) string {
	switch {
	case line.Kind == OpensWebhook:
		return "its own API server"
	case line.Kind == OpensAPI:
		return s.controlPlanes().other(line.from, line.To)
	case line.Kind == OpensPods:
		return s.inNetwork(line.To, true).other(line.from, line.To)
	case line.Kind == OpensGateways:
		return s.inNetwork(line.To, false).of(line.from)
	}
	return s.everyCluster().other(line.from, line.To)
}

// inNetwork returns the clusters of a cluster's network, or those of other networks.
func (s Summary) inNetwork(cluster string, same bool) population {
	network := ""
	for i := range s.Clusters {
		if s.Clusters[i].Name == cluster {
			network = s.Clusters[i].Network
		}
	}
	p := population{noun: "cluster of its network"}
	if !same {
		p.noun = "cluster of another network"
	}
	for i := range s.Clusters {
		if (s.Clusters[i].Network == network) == same {
			p.names = append(p.names, s.Clusters[i].Name)
		}
	}
	return p
}

func (o Opening) ports() string {
	text := strings.ReplaceAll(strings.Join(o.Ports, ", "), ":", " ")
	if text == "tcp" {
		text = "tcp, every port"
	}
	if o.NodePorts {
		text += ", at node ports that Kubernetes chooses"
	}
	return text
}

func (k OpeningKind) text() string {
	switch k {
	case OpensAPI:
		return "istiod to the API server"
	case OpensGateways:
		return "calls to the east-west gateway"
	case OpensIstiod:
		return "connections to istiod, through the east-west gateway"
	case OpensPods:
		return "calls from pod to pod"
	case OpensWebhook:
		return "API server to the injection webhook"
	}
	return string(k)
}
