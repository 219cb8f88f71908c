package summary

import "strings"

// page is GitHub-flavored Markdown. Its input has been escaped.
type page struct{ strings.Builder }

func (p *page) heading(level int, title string) {
	p.WriteString("\n" + strings.Repeat("#", level) + " " + title + "\n")
}

func (p *page) text(paragraph string) { p.WriteString("\n" + paragraph + "\n") }

func (p *page) list(items ...string) {
	p.WriteString("\n")
	for _, item := range items {
		p.WriteString("- " + item + "\n")
	}
}

// table prints one row per line; nothing if there are no rows.
func (p *page) table(header []string, rows func(row func(cells ...string))) bool {
	return p.tableOf("", header, rows)
}

// tableOf prints a paragraph before the table.
func (p *page) tableOf(what string, header []string, rows func(row func(cells ...string))) bool {
	begun := false
	rows(func(cells ...string) {
		if !begun {
			if what != "" {
				p.text(what)
			}
			p.WriteString("\n| " + strings.Join(header, " | ") + " |\n|" + strings.Repeat(" --- |", len(header)) + "\n")
			begun = true
		}
		p.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	})
	return begun
}
