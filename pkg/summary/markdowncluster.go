package summary

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/markdown"
)

func (s Summary) clusterTables(p *page) {
	p.heading(2, "Clusters")
	header := []string{
		"Cluster", "Cluster ID", "Istio", "Control plane", "Network", "Trust domain", "Locality", "Platform",
	}
	p.table(header, func(row func(...string)) {
		for _, c := range s.Clusters {
			plane := "own"
			if c.ControlPlane != c.Name {
				plane = c.ControlPlane
			}
			row(markdown.Cells(c.Name, c.ClusterID, c.Istio.text(), plane, c.Network, c.TrustDomain, c.Locality, c.Platform)...)
		}
	})
	p.heading(2, "API servers")
	if !p.table([]string{"Cluster", "Address", "Used by"}, func(row func(...string)) {
		for _, c := range s.Clusters {
			for _, e := range c.Endpoints {
				row(markdown.Cell(c.Name), e.address(), markdown.Cell(s.controlPlanes().other(e.Consumers, c.Name)))
			}
		}
	}) {
		p.text("No address is set, and no control plane requires one.")
	}
	p.tableOf("Certificate authorities of the API servers:",
		[]string{"Cluster", "Address", "Subject", "SHA-256", "Expires"}, func(row func(...string)) {
			for _, c := range s.Clusters {
				for _, e := range c.Endpoints {
					s.authorityRows(c, e, row)
				}
			}
		})
	p.heading(2, "East-west gateways")
	if !p.table([]string{"Cluster", "Addresses", "Port", "Service", "Open for", "Annotations"}, func(row func(...string)) {
		for _, c := range s.Clusters {
			if c.Gateway != nil {
				row(append([]string{markdown.Cell(c.Name)}, c.Gateway.cells()...)...)
			}
		}
	}) {
		p.text("None.")
	}
}

// text describes a cluster's control plane in a few words.
func (i Istio) text() string {
	name := strings.TrimSpace(strings.TrimPrefix(i.Distribution, "istio") + " " + i.Version)
	words := []string{cmp.Or(name, "no version set"), i.DataPlane}
	if i.Version == "" && name != "" {
		words[0] += " without a version"
	}
	if i.Managed {
		words = append(words, "managed by Google")
	}
	if i.Revision != "" {
		words = append(words, "revision "+i.Revision)
	}
	if i.Namespace != "istio-system" {
		words = append(words, "namespace "+i.Namespace)
	}
	return strings.Join(words, ", ")
}

// address describes how an API server is reached.
func (e Endpoint) address() string {
	text := "none yet"
	if e.Server != "" {
		text = markdown.CellCode(e.Server)
	}
	if e.Kind != "" {
		text += ", " + markdown.Cell(e.Kind) + " endpoint of GKE"
	}
	if e.TLSServerName != "" {
		text += ", TLS server name " + markdown.CellCode(e.TLSServerName)
	}
	if e.Proxy != "" {
		text += ", through proxy " + markdown.CellCode(e.Proxy)
	}
	return text
}

func (s Summary) authorityRows(c Cluster, e Endpoint, row func(...string)) {
	if e.CAs == nil && e.Server != "" {
		row(markdown.Cell(c.Name), markdown.CellCode(e.Server), "a public authority", "–", "–")
	}
	for _, ca := range e.CAs {
		row(
			markdown.Cell(c.Name),
			markdown.CellCode(e.Server),
			markdown.Cell(ca.Subject),
			markdown.CellCode(ca.SHA256),
			day(ca.Expires),
		)
	}
}

// day returns the date of an RFC 3339 time.
func day(moment string) string { return markdown.Cell(date(moment)) }

func (g Gateway) cells() []string {
	addresses := "discovered"
	if g.Addresses != nil {
		addresses = markdown.CellCodes(g.Addresses)
	}
	if g.AddressesOnly {
		addresses += " only"
	}
	var opens, annotations []string
	for _, exposure := range g.Opens {
		opens = append(opens, exposure.text())
	}
	for _, key := range slices.Sorted(maps.Keys(g.Annotations)) {
		annotations = append(annotations, key+": "+g.Annotations[key])
	}
	return append([]string{addresses}, markdown.Cells(number(g.Port), g.Service+" in namespace "+g.Namespace,
		strings.Join(opens, "; "), strings.Join(annotations, ", "))...)
}

func (e Exposure) text() string {
	switch e {
	case ExposesWorkloads:
		return "calls from other networks"
	case ExposesPeers:
		return "control planes of callers"
	case ExposesRemotes:
		return "remote clusters of this control plane"
	}
	return string(e)
}
