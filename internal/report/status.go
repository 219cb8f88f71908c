package report

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kubectl-mesh/kubectl-mesh/internal/status"
	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
)

// most is how many links and later steps a screen shows.
const most = 8

// Status prints the state of a workspace on one screen, and the next step last, where users look.
func Status(w io.Writer, format string, r status.Report) error {
	if format != "" {
		return Data(w, format, r)
	}
	var text strings.Builder
	look := terminal.LookOf(w)
	facts := newTable(look, 2, "MESH", cmp.Or(r.Mesh, "-"))
	facts.isList = true
	facts.row("findings", findings(r.Findings))
	if r.Trust != nil {
		facts.row("trust", trustLine(*r.Trust))
	}
	facts.row("tree", treeLine(r.Tree))
	text.WriteString(facts.String())
	if len(r.Sites) > 0 {
		text.WriteString("\n" + siteTable(look, r.Sites).String())
	}
	if len(r.Clusters) > 0 {
		text.WriteString("\n" + clusterTable(look, r).String())
	}
	for _, c := range r.Clusters {
		if c.Live != nil && c.Live.Error != "" {
			text.WriteString(look.Fold(terminal.OneLine(c.Name+": not compared: "+c.Live.Error), 2) + "\n")
		}
	}
	text.WriteString(attention(look, r.Links))
	text.WriteString(steps(look, r.Next))
	_, err := io.WriteString(w, text.String())
	return err
}

func findings(f status.Findings) string {
	if f == (status.Findings{}) {
		return "none"
	}
	var parts []string
	for _, part := range []struct {
		n    int
		noun string
	}{{n: f.Errors, noun: "error"}, {n: f.Incomplete, noun: "missing input"}, {n: f.Warnings, noun: "warning"}} {
		if part.n > 0 {
			parts = append(parts, terminal.Count(part.n, part.noun))
		}
	}
	return strings.Join(parts, ", ")
}

func trustLine(t status.Trust) string {
	if t.State == status.Missing {
		return "no root of trust"
	}
	if t.Reason != "" {
		return t.Reason
	}
	var roots []string
	for _, root := range t.Roots {
		roots = append(roots, fmt.Sprintf("root %s, %s",
			root.SHA256[:min(16, len(root.SHA256))], validity(root.State, &root.Expires)))
	}
	line := strings.Join(roots, "; ")
	if t.Phase != "" {
		line += "; rotation: phase " + t.Phase
	}
	return line
}

func validity(state status.State, expires *time.Time) string {
	switch {
	case expires == nil:
		return string(state)
	case state == status.Expired:
		return "expired on " + day(expires)
	}
	return "valid until " + day(expires)
}

func treeLine(t status.Tree) string {
	line := map[status.State]string{
		status.OK: "current", status.Missing: "not rendered yet", status.Unrendered: "cannot be rendered",
		status.Stale: terminal.Count(t.Differences, "file") + " not current",
	}[t.State]
	if t.HeldBack > 0 {
		line += fmt.Sprintf(", %d held back for missing inputs", t.HeldBack)
	}
	switch {
	case t.Committed == nil, *t.Committed && t.State == status.Missing:
	case *t.Committed:
		line += ", committed"
	default:
		line += "; not committed: " + strings.Join(t.Uncommitted, ", ")
	}
	return t.Dir + ": " + line
}

// siteTable shows which site has to act.
func siteTable(look terminal.Look, sites []status.Site) *table {
	table := newTable(look, 2, "SITE", "CLUSTERS", "LAST FILE", "DUE")
	for _, site := range sites {
		last := "never"
		if site.Imported != nil {
			last = site.Imported.Format(time.RFC3339)
		}
		if site.Here {
			last = "here"
		}
		due := "-"
		if site.Due > 0 {
			due = terminal.Count(site.Due, "step")
		}
		table.row(site.Name, cmp.Or(strings.Join(site.Clusters, ", "), "-"), last, due)
	}
	return table
}

func clusterTable(look terminal.Look, r status.Report) *table {
	header := []string{"CLUSTER", "SITE", "FACTS", "CERTIFICATE", "CREDENTIALS"}
	asked := false
	for _, c := range r.Clusters {
		asked = asked || c.Live != nil
	}
	if asked {
		header = append(header, "APPLIED")
	}
	table := newTable(look, 2, header...)
	for _, c := range r.Clusters {
		cells := []string{c.Name, "elsewhere", "none", certificateCell(c.Certificate), credentialsCell(c.Name, r.Links)}
		if c.Site != "" {
			cells[1] = c.Site
		}
		if c.Here {
			cells[1] = "here"
		}
		if c.Facts {
			cells[2] = "stored"
		}
		if asked {
			cells = append(cells, liveCell(c.Live))
		}
		table.row(cells...)
	}
	return table
}

func certificateCell(c *status.Certificate) string {
	switch {
	case c == nil:
		return "-"
	case c.Requested:
		return "requested"
	}
	return validity(c.State, c.Expires)
}

// credentialsCell counts a consumer's credentials that are stored and usable. It counts separately those that an apply
// fetches from the target, which may not have issued them yet, and those that only other sites know.
func credentialsCell(consumer string, links []status.Link) string {
	all, ready, fetched, unknown := 0, 0, 0, 0
	for _, l := range links {
		if l.Consumer != consumer || l.State == status.Revoked {
			continue
		}
		all++
		switch {
		case l.State == status.InCluster:
			fetched++
		case l.State == status.Unknown:
			unknown++
		case !l.State.NeedsAttention():
			ready++
		}
	}
	if all == 0 {
		return "-"
	}
	var parts []string
	if all > fetched+unknown {
		parts = append(parts, fmt.Sprintf("%d of %d ready", ready, all))
	}
	if fetched > 0 {
		parts = append(parts, fmt.Sprintf("%d fetched by --apply", fetched))
	}
	if unknown > 0 {
		parts = append(parts, fmt.Sprintf("%d unknown", unknown))
	}
	return strings.Join(parts, ", ")
}

func liveCell(l *status.Live) string {
	switch {
	case l == nil:
		return "-"
	case l.Error != "":
		return "unknown"
	case l.Pending == 0:
		return "yes"
	}
	return terminal.Count(l.Pending, "change") + " pending"
}

// attention lists the links whose credential needs attention.
func attention(look terminal.Look, links []status.Link) string {
	table := newTable(look, 2, "LINK", "KIND", "STATE", "EXPIRES")
	count := 0
	for _, l := range links {
		if !l.State.NeedsAttention() {
			continue
		}
		if count++; count <= most {
			table.row(l.Name, l.Kind, string(l.State), day(l.Expires))
		}
	}
	switch {
	case count == 0:
		return ""
	case count > most:
		return fmt.Sprintf("\n%sand %d more: kubectl mesh credentials status\n", table, count-most)
	}
	return "\n" + table.String()
}

// Next ends the output of a command with the first step of status.
func Next(w io.Writer, step status.Step) { _, _ = fmt.Fprintf(w, "next: %s\n", place(step)) }

func place(step status.Step) string {
	if step.Where == "" {
		return step.Command
	}
	return "at " + step.Where + ": " + step.Command
}

// steps prints the next step, and those that follow.
func steps(look terminal.Look, next []status.Step) string {
	if len(next) == 0 {
		return "\n" + look.Mark(terminal.Good) + look.Paint(terminal.Good, "Nothing to do.") + "\n"
	}
	var text strings.Builder
	for i, step := range next {
		label := "then: "
		if i == 0 {
			label = "Next: "
		}
		if i == most {
			fmt.Fprintf(&text, "\nand %d more steps: kubectl mesh status -o json\n", len(next)-i)
			break
		}
		if i < 2 {
			text.WriteString("\n")
		}
		where, _ := strings.CutSuffix(place(step), step.Command)
		fmt.Fprintf(&text, "%s%s%s\n", label, where, look.Paint(terminal.Strong, step.Command))
		text.WriteString(look.Fold("      "+step.Reason, 0) + "\n")
	}
	return text.String()
}
