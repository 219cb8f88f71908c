// Package manual prints the help of a command: what it does, examples, commands and flags by purpose, exit codes.
package manual

import (
	"io"
	"strings"

	"github.com/kubectl-mesh/kubectl-mesh/internal/terminal"
)

// Page is the help of a command.
type Page struct {
	// Path is the command with its parents, Usage the line with its arguments.
	Path, Usage string
	// Text is wrapped; indented lines stay lines.
	Text     string
	Examples string
	Groups   []Group
	Flags    []Flag
}

// Group is commands under a title.
type Group struct {
	Title    string
	Commands []Command
}

// Command is one of a group.
type Command struct{ Name, Summary string }

// columnsElsewhere is the width of a page outside a terminal.
const columnsElsewhere = 100

// Print prints the page at the width of the terminal.
func Print(w io.Writer, page Page) error {
	p := printer{look: terminal.LookOf(w)}
	if p.columns = p.look.Columns; p.columns == 0 {
		p.columns = columnsElsewhere
	}
	p.columns = min(p.columns, mostReadable)
	text, exits := splitExits(page.Text)
	p.prose(text)
	p.section("Usage")
	p.hanging("  ", page.Usage)
	if page.Examples != "" {
		p.section("Examples")
		p.text.WriteString(page.Examples + "\n")
	}
	for _, group := range page.Groups {
		p.section(group.Title)
		p.commands(group.Commands)
	}
	for _, group := range grouped(page.Flags) {
		p.section(group.title)
		p.flags(group.flags, group.omitted)
	}
	p.exitCodes(exits)
	if len(page.Groups) > 0 {
		p.prose("\nUse \"" + page.Path + " COMMAND --help\" for more information about a command.")
	}
	_, err := io.WriteString(w, p.text.String())
	return err
}

// mostReadable is the maximum width of a page.
const mostReadable = 120

type printer struct {
	look    terminal.Look
	columns int
	text    strings.Builder
}

func (p *printer) section(title string) {
	p.text.WriteString("\n" + p.look.Paint(terminal.Strong, title+":") + "\n")
}

// prose wraps paragraphs. Indented lines belong to a list and stay lines.
func (p *printer) prose(text string) {
	var paragraph []string
	flush := func() {
		if len(paragraph) > 0 {
			p.lines(terminal.FoldTo(p.columns, strings.Join(paragraph, " "), 0), "")
			paragraph = nil
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case line == "":
			flush()
			p.text.WriteString("\n")
		case strings.HasPrefix(line, " "):
			flush()
			p.listed(line)
		default:
			paragraph = append(paragraph, line)
		}
	}
	flush()
}

// listed wraps a list item below its text, which follows a word and spaces.
func (p *printer) listed(line string) {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	at := strings.Index(line[indent:], "  ")
	if at < 0 {
		p.hanging(line[:indent], line[indent:])
		return
	}
	label := line[:indent+at]
	rest := strings.TrimLeft(line[indent+at:], " ")
	p.entry(label, rest, len(line)-len(rest))
}

// entry prints a label with its text next to it, from a column on.
func (p *printer) entry(label, text string, column int) {
	blank := strings.Repeat(" ", column)
	first := label + blank[min(terminal.Width(label), column):]
	if terminal.Width(label) >= column {
		p.text.WriteString(label + "\n")
		first = blank
	}
	for i, part := range terminal.FoldTo(max(p.columns-column, minText), text, 0) {
		if i > 0 {
			first = blank
		}
		p.text.WriteString(strings.TrimRight(first+part, " ") + "\n")
	}
}

// minText is the minimum width of a text next to a label.
const minText = 20

// hanging wraps an indented text.
func (p *printer) hanging(indent, text string) {
	p.lines(terminal.FoldTo(p.columns-len(indent), text, len("  ")), indent)
}

func (p *printer) lines(lines []string, indent string) {
	for _, line := range lines {
		p.text.WriteString(indent + line + "\n")
	}
}

func (p *printer) commands(list []Command) {
	column := 0
	for _, one := range list {
		column = max(column, len(one.Name))
	}
	for _, one := range list {
		p.entry("  "+one.Name, one.Summary, column+len("    "))
	}
}
