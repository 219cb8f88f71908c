package review

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/changes"
	"github.com/kubectl-mesh/kubectl-mesh/pkg/summary"
)

// Text returns the review for a terminal.
func (r Result) Text() string { return r.page(r.style(plainStyle()), 0) }

// MinBytes is the size of a review's header.
const MinBytes = 2000

// Markdown returns the review as a comment of at most that many bytes; 0 is no limit. Entries that do not fit are
// omitted whole, the least severe first, and counted.
func (r Result) Markdown(maxBytes int) string { return r.page(r.style(markdownStyle()), maxBytes) }

func (r Result) page(s style, maxBytes int) string {
	entries := changes.Fold(r.Changes)
	texts := make([]string, len(entries))
	for i, entry := range entries {
		texts[i] = s.entry(entry)
	}
	head, steps := r.header(s), r.steps(s)
	for kept := len(entries); ; kept-- {
		page := head + s.sections(entries[:kept], texts) + s.leftOut(entries[kept:]) + steps
		switch {
		case maxBytes == 0 || len(page) <= maxBytes:
			return page
		case kept == 0 && steps != "":
			kept, steps = 1, "" // and once more without
		case kept == 0:
			return page
		}
	}
}

// header counts.
func (r Result) header(s style) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", s.title("Mesh review: "+counts(r.Changes)))
	before, after := len(r.Members[0]), len(r.Members[1])
	clusters := terminal.Count(after, "cluster")
	if before != after {
		clusters = fmt.Sprintf("%d → %s", before, clusters)
	}
	fmt.Fprintf(&b, "Mesh %s, %s.\n", s.value(r.Mesh), clusters)
	base := "the merge base " + s.value(short(r.Base.Commit)) +
		" of " + s.value(r.Base.Name) + " and " + s.value(r.Base.MergeBaseOf)
	if r.Base.MergeBaseOf == "" {
		base = s.value(r.Base.String())
	}
	fmt.Fprintf(&b, "Compared: %s with %s.\n", base, s.value(r.Head.String()))
	if r.New {
		fmt.Fprintf(&b, "The base has no %s: everything is new.\n", s.value(r.File))
	}
	d := r.Objects
	fmt.Fprintf(&b,
		"Rendered objects, apart from credential bytes: %d added, %d changed, %d removed", d.Added, d.Changed, d.Removed)
	if len(d.Clusters) > 0 {
		fmt.Fprintf(&b, " in %s", terminal.Count(len(d.Clusters), "cluster"))
	}
	b.WriteString(".\n")
	return b.String()
}

// counts formats "1 danger, 2 warnings"; "no changes" if there are none.
func counts(all []changes.Change) string {
	var parts []string
	for _, severity := range changes.Severities() {
		n := 0
		for _, change := range all {
			if change.Severity == severity {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, terminal.Count(n, string(severity)))
		}
	}
	if parts == nil {
		return "no changes"
	}
	return strings.Join(parts, ", ")
}

// sections returns the entries below a heading per severity.
func (s style) sections(entries []changes.Entry, texts []string) string {
	var b strings.Builder
	headings := map[changes.Severity]string{changes.Danger: "Dangers", changes.Warning: "Warnings", changes.Note: "Notes"}
	for i, entry := range entries {
		if i == 0 || entries[i-1].Severity != entry.Severity {
			fmt.Fprintf(&b, "\n%s\n\n", s.section(headings[entry.Severity]))
		}
		b.WriteString(texts[i])
	}
	return b.String()
}

// leftOut counts the omitted entries.
func (s style) leftOut(entries []changes.Entry) string {
	if len(entries) == 0 {
		return ""
	}
	var left []changes.Change
	for _, entry := range entries {
		left = append(left, entry.Changes...)
	}
	return fmt.Sprintf("\n%s to limit the size of the review: %s. To see all: %s\n",
		s.strong(fmt.Sprintf("%d omitted", len(entries))), counts(left), s.value("kubectl mesh review -o json"))
}

// entry formats a change with its values, or several of one kind.
func (s style) entry(entry changes.Entry) string {
	if entry.Folded() {
		return s.folded(entry)
	}
	change := entry.Changes[0]
	var b strings.Builder
	fmt.Fprintf(&b,
		"- %s: %s%s\n", s.strong(string(entry.ID)+" "+entry.Title), change.Says.With(s.value), s.places(entry.Changes))
	for _, one := range []struct {
		name   string
		values []string
	}{{name: "before", values: change.Before}, {name: "after", values: change.After}} {
		for _, value := range one.values {
			fmt.Fprintf(&b, "  - %s: %s\n", one.name, s.value(value))
		}
	}
	for _, more := range change.More {
		fmt.Fprintf(&b, "  - %s\n", more.With(s.value))
	}
	s.advice(&b, entry)
	return b.String()
}

// advice describes what reviewers should do about a change that is more than a note.
func (s style) advice(b *strings.Builder, entry changes.Entry) {
	if entry.Severity != changes.Note {
		fmt.Fprintf(b, "  - to do: %s\n", entry.Review)
	}
}

// maxRows of a folded entry.
const maxRows = 20

// folded counts and lists.
func (s style) folded(entry changes.Entry) string {
	var b strings.Builder
	fmt.Fprintf(&b,
		"- %s%s\n", s.strong(fmt.Sprintf("%s %d %s", entry.ID, len(entry.Changes), entry.Many)), s.places(entry.Changes))
	rows := entry.Rows()
	left := 0
	for i, row := range rows {
		if i >= maxRows {
			left += len(row.Changes)
			continue
		}
		fmt.Fprintf(&b, "  - %s\n", s.row(row))
	}
	if left > 0 {
		fmt.Fprintf(&b, "  - and %d more\n", left)
	}
	s.advice(&b, entry)
	return b.String()
}

func (s style) row(row changes.Row) string {
	text := ""
	switch {
	case row.From != nil:
		text = s.end(row.From, row.To) + " → " + s.end(row.To, row.From)
	case row.Clusters != nil:
		text = s.values(row.Clusters)
	default:
		change := row.Changes[0]
		return change.Says.With(s.value) + s.transition(change)
	}
	if n := len(row.Changes); n > 1 {
		text += fmt.Sprintf(" (%d)", n)
	}
	if row.Common.Format != "" {
		text += ": " + row.Common.With(s.value)
	}
	return text
}

// transition formats the values before and after, on one line.
func (s style) transition(change changes.Change) string {
	switch before, after := s.values(change.Before), s.values(change.After); {
	case before != "" && after != "":
		return ": " + before + " → " + after
	case after != "":
		return ": " + after
	case before != "":
		return ": was " + before
	}
	return ""
}

// places lists the first few places of the changes.
func (s style) places(all []changes.Change) string {
	const most = 3
	var places []string
	for _, change := range all {
		if place := placeText(change.At); place != "" && !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	if len(places) == 0 {
		return ""
	}
	text := s.values(places[:min(len(places), most)])
	if more := len(places) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return " (" + text + ")"
}

func placeText(at summary.Place) string {
	if at.File == "" || at.Line == 0 {
		return at.File
	}
	return at.File + ":" + strconv.Itoa(int(at.Line))
}

// steps lists the required actions.
func (r Result) steps(s style) string {
	if len(r.Steps) == 0 {
		return ""
	}
	const most = 20
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n\n", s.section("Next"))
	for i, step := range r.Steps {
		if i == most {
			fmt.Fprintf(&b, "%d. and %d more steps\n", i+1, len(r.Steps)-most)
			break
		}
		fmt.Fprintf(&b, "%d. %s", i+1, step.Does)
		if step.Command != "" {
			fmt.Fprintf(&b, ":\n%s", s.command(step.Command))
		}
		b.WriteString("\n")
	}
	return b.String()
}
