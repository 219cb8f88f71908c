package summary

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/markdown"
)

// Limits for GitHub. Mermaid rejects more than 500 edges and 50,000 characters (maxEdges and maxTextSize of
// https://mermaid.js.org/config/schema-docs/config.html), and a diagram of hundreds of lines is unreadable.
const (
	maxEdges = 400
	maxText  = 50_000
)

// Mermaid returns the links of a mesh as a flowchart; false if it would be too large. Lines differ by style and label;
// colors are left to the reader's theme.
func (s Summary) Mermaid() (string, bool) {
	if len(s.Links) > maxEdges {
		return "", false
	}
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	networks := s.networks()
	titles := titles(networks)
	for _, network := range networks {
		indent := "  "
		if network != "" {
			fmt.Fprintf(&b, "  subgraph %s[\"%s\"]\n", networkID(network), markdown.MermaidLabel(titles[network]))
			indent += "  "
		}
		for i := range s.Clusters {
			if s.Clusters[i].Network == network {
				b.WriteString(indent + node(s.Clusters[i]) + "\n")
			}
		}
		if network != "" {
			b.WriteString("  end\n")
		}
	}
	for _, link := range s.Links {
		b.WriteString("  " + s.edge(link) + "\n")
	}
	return b.String(), b.Len() <= maxText
}

// networks returns the names of all networks, sorted; the empty one for clusters without.
func (s Summary) networks() []string {
	var names []string
	for i := range s.Clusters {
		names = append(names, s.Clusters[i].Network)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// node draws clusters with a control plane of their own as rectangles, others as rounded ones.
func node(c Cluster) string {
	if c.ControlPlane != c.Name {
		return fmt.Sprintf("%s([\"%s, served by %s\"])",
			nodeID(c.Name), markdown.MermaidLabel(c.Name), markdown.MermaidLabel(c.ControlPlane))
	}
	return fmt.Sprintf("%s[\"%s\"]", nodeID(c.Name), markdown.MermaidLabel(c.Name))
}

// nodeID adds a prefix, because words such as end are Mermaid keywords, and replaces dashes, because two are an arrow.
// Cluster names contain no underscores.
func nodeID(name string) string { return "c_" + identifier(strings.ReplaceAll(name, "-", "_"), "_") }

// networkID accepts any label value and is injective.
func networkID(name string) string { return "n_" + identifier(name, "") }

// identifier keeps letters, digits and additional characters, and replaces others with their number.
func identifier(name, keep string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune(keep, r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "_%x_", r)
		}
	}
	return b.String()
}

// edge is solid within a network, dotted through a gateway, thick with peering; circles mark access without a stored
// credential.
func (s Summary) edge(link Link) string {
	words := s.linkText(link)
	line := s.line(link)
	if words == "" {
		return fmt.Sprintf("%s %s %s", nodeID(link.From), line, nodeID(link.To))
	}
	return fmt.Sprintf("%s %s|\"%s\"| %s", nodeID(link.From), line, markdown.MermaidLabel(words), nodeID(link.To))
}

func (s Summary) line(link Link) string {
	stroke := "--"
	switch {
	case s.Discovery == "peering":
		stroke = "=="
	case link.Gateway:
		stroke = "-.-"
	}
	left, right := "<", ">"
	if link.Federated != nil {
		left, right = "o", "o"
	}
	if !link.Both {
		left = ""
	}
	return left + stroke + right
}

// linkText describes how a link differs from calls in both directions within a network.
func (s Summary) linkText(link Link) string {
	var words []string
	if !link.Both {
		words = append(words, "one way")
	}
	if link.Gateway {
		words = append(words, "gateway")
	}
	if s.Discovery != "remoteSecret" {
		words = append(words, s.Discovery)
	}
	switch len(link.Federated) {
	case 1:
		words = append(words, "federated to "+link.Federated[0])
	case 2:
		words = append(words, "federated")
	}
	return strings.Join(words, ", ")
}
