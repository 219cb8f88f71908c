package summary

import (
	"fmt"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/markdown"
)

// Markdown formats a summary for reviewers: README.md of the rendered tree. Each fact has its own line, and no line
// contains a position in mesh.yaml, which edits elsewhere in the file would change.
func (s Summary) Markdown() []byte {
	p := &page{}
	p.WriteString("<!-- Rendered by kubectl mesh. Change mesh.yaml, not this file. -->\n\n")
	p.WriteString("# Mesh " + markdown.Cell(s.Mesh) + "\n")
	p.text("Summary of the mesh that is rendered in this directory. `kubectl mesh describe` prints the same at a " +
		"terminal, and [INSTALL.md](INSTALL.md) has the commands.")
	p.list(s.counts()...)
	s.picture(p)
	s.clusterTables(p)
	s.accessTables(p)
	s.trustTables(p)
	s.openingTables(p)
	s.policyTables(p)
	return []byte(p.String())
}

// counts returns the figures that reviewers read first.
func (s Summary) counts() []string {
	reads, secrets := s.reads()
	lines := []string{"Discovery: " + markdown.Cell(s.Discovery), fmt.Sprintf("Clusters: %d",
		len(s.Clusters)), fmt.Sprintf("Links: %d", s.directions()),
		fmt.Sprintf("Remote access: %d (%d to every Secret of the target)", reads, secrets)}
	if len(s.Held) > 0 {
		lines = append(lines, fmt.Sprintf("**Held back: %d, see [below](#held-back)**", len(s.Held)))
	}
	return lines
}

// reads counts remote access that is not revoked, and how much of it includes every Secret.
func (s Summary) reads() (all, secrets int) {
	for i := range s.RemoteAccess {
		if !s.RemoteAccess[i].Revoked {
			all++
		}
		if s.RemoteAccess[i].EverySecret {
			secrets++
		}
	}
	return all, secrets
}

// directions counts links, each direction separately.
func (s Summary) directions() int {
	n := len(s.Links)
	for _, link := range s.Links {
		if link.Both {
			n++
		}
	}
	return n
}

func (s Summary) picture(p *page) {
	p.heading(2, "Links")
	if text, ok := s.Mermaid(); ok {
		p.text("```mermaid\n" + text + "```")
		legend := "Arrows start at the caller. Solid: in one network. Dotted: through an east-west gateway. " +
			"Thick: peering. Circle: federated, without a stored credential. Round box: without a control plane."
		if s.isShortened() {
			legend += " Long names of networks are shortened; the next table has them whole."
		}
		p.text(legend)
		return
	}
	if g := s.group(); g != nil {
		g.matrix(p)
		return
	}
	s.calls(p)
}

func (s Summary) policyTables(p *page) {
	p.heading(2, "Admission policy")
	if s.Admission == nil {
		p.text("Off: API servers admit any remote secret.")
	} else {
		planes := s.controlPlanes().of(s.Admission.Clusters)
		p.text("On: API servers admit only the remote secrets of this mesh, in " + markdown.Cell(planes) + ".")
	}
	p.heading(2, "Waivers")
	if !p.table([]string{"Rule", "Finding", "Clusters", "Reason"}, func(row func(...string)) {
		for _, w := range s.Waivers {
			clusters := "all"
			if w.Clusters != nil {
				clusters = strings.Join(w.Clusters, ", ")
			}
			row(markdown.Cells(w.Rule, w.Title, clusters, w.Reason)...)
		}
	}) {
		p.text("None.")
	}
	p.heading(2, "Held back")
	if !p.table([]string{"File", "Missing", "Next"}, func(row func(...string)) {
		for _, h := range s.Held {
			row(markdown.CellCode(h.File), markdown.Cell(h.Missing), markdown.CellCode(h.Next))
		}
	}) {
		p.text("Nothing.")
	}
}
