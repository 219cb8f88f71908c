package summary

import (
	"slices"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/pkg/markdown"
)

func (s Summary) trustTables(p *page) {
	t := s.Trust
	p.heading(2, "Trust")
	lines := []string{"Signing certificates: " + markdown.Cell(t.source())}
	if len(t.DomainAliases) > 0 {
		lines = append(lines, "Trust domain aliases: "+markdown.Cell(strings.Join(t.DomainAliases, ", ")))
	}
	if t.Rotation != nil {
		for _, line := range t.Rotation.phaseLines(s.everyCluster()) {
			lines = append(lines, "Root rotation: "+markdown.Cell(line))
		}
	}
	p.list(lines...)
	p.heading(3, "Roots")
	if !p.table([]string{"SHA-256", "Subject", "Expires", "Pinned", "In trust/", "Signs for"}, func(row func(...string)) {
		for _, r := range t.Roots {
			if !r.Pinned && !r.Present {
				continue // reported by a cluster, without effect
			}
			row(
				markdown.CellCode(r.SHA256),
				markdown.Cell(r.Subject),
				day(r.Expires),
				yes(r.Pinned, "**no**"),
				yes(r.Present, "no"),
				markdown.Cell(s.controlPlanes().of(r.Signs)),
			)
		}
	}) {
		p.text("No root is pinned, and none is in `trust/`.")
	}
	if len(t.Intermediates) == 0 {
		return
	}
	p.heading(3, "Signing certificates")
	if !slices.ContainsFunc(t.Intermediates, func(i Intermediate) bool { return !i.Missing }) {
		p.text("None is in `trust/` yet.")
		return
	}
	p.table([]string{"Cluster", "Subject", "SHA-256", "Expires", "Root"}, func(row func(...string)) {
		for _, i := range t.Intermediates {
			switch {
			case i.Missing:
				row(markdown.Cell(i.Cluster), "missing", "–", "–", "–")
			case i.Problem != "":
				row(markdown.Cell(i.Cluster), markdown.Cell("unreadable: "+i.Problem), "–", "–", "–")
			default:
				row(
					markdown.Cell(i.Cluster),
					markdown.Cell(i.Subject),
					markdown.CellCode(i.SHA256),
					day(i.Expires),
					markdown.CellCode(short(i.Root)),
				)
			}
		}
	})
}

// source describes where signing certificates come from, and who has their keys.
func (t Trust) source() string {
	switch t.Provider {
	case "files":
		keys := "keys in credentials/"
		if t.Keys == "cluster" {
			keys = "each key only in its cluster"
		}
		return "certificates in trust/, " + keys
	case "external":
		return "a secret store"
	case "certManager":
		return "cert-manager in each cluster"
	case "meshCA":
		return "Google's certificate authority"
	}
	return "not managed by this mesh"
}

// phaseLines describe the state of a rotation.
func (r Rotation) phaseLines(all population) []string {
	var lines []string
	switch {
	case r.Problem != "":
		lines = append(lines, "phase unknown: "+r.Problem)
	case r.Phase == "trust":
		lines = append(lines, "phase trust: "+short(r.New)+" is trusted in addition to "+short(r.Old)+
			", and no cluster signs under it yet")
	case r.Phase == "sign":
		lines = append(lines, "phase sign: clusters sign under "+short(r.New)+
			"; still under "+short(r.Old)+": "+all.of(r.Behind))
	default:
		lines = append(lines, "none in progress")
	}
	if r.Foreign != nil {
		lines = append(lines, "signing under no root of the mesh: "+strings.Join(r.Foreign, ", "))
	}
	for _, phase := range []string{"trust", "sign"} {
		var applied []string
		for _, a := range r.Applied {
			if a.Phase == phase {
				applied = append(applied, a.Cluster)
			}
		}
		if applied != nil {
			lines = append(lines, "phase "+phase+" applied to "+all.of(applied))
		}
	}
	return lines
}

// short returns enough of a fingerprint to find it in the table of roots.
func short(sha256 string) string {
	const digits = 16
	return sha256[:min(len(sha256), digits)]
}

func yes(is bool, otherwise string) string {
	if is {
		return "yes"
	}
	return otherwise
}
